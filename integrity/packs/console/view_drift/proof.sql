-- @as scan
-- @setup
INSERT INTO watched_source (source, interval_s) VALUES ('preuve-a', 60), ('preuve-b', 60);
-- @case ce que la vue lit a changé
-- @fires preuve-a {"source": "preuve-a", "change": "eyes", "names": "TABLE public.loans", "expected_sha256": "v0", "view_sha256": "v1",
--     "expected_evidence_sha256": "e0", "evidence_sha256": "e1", "moved": ["TABLE public.loans"], "detected_at": "2026-03-01T08:01:00Z"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{"change": "view", "moved": []}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{"change": "eyes", "names": "TABLE public.loans", "expected_sha256": "v0", "expected_evidence_sha256": "e0", "moved": ["TABLE public.loans"]}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-b', '2026-03-01 08:02:00+00', '2026-03-01 08:02:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
-- @case le contrôle suivant a échoué et n’a rien lu
-- @fires preuve-a {"change": "eyes"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{"change": "eyes", "names": "TABLE public.loans", "expected_sha256": "v0", "expected_evidence_sha256": "e0", "moved": ["TABLE public.loans"]}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'FAILED', 'elle ne répond pas', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
-- @case tout est revenu
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{"change": "eyes", "names": "TABLE public.loans", "expected_sha256": "v0", "expected_evidence_sha256": "e0", "moved": ["TABLE public.loans"]}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
