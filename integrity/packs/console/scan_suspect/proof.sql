-- @as scan
-- @setup
INSERT INTO watched_source (source, interval_s) VALUES ('preuve-a', 60), ('preuve-b', 60);
-- @case plus de la moitié
-- @fires preuve-a {"source": "preuve-a", "absent": 12, "active": 20, "lost": "most", "detected_at": "2026-03-01T08:01:00Z"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'SUSPECT', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 9, 8, true, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'SUSPECT', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 20, 12, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-b', '2026-03-01 08:02:00+00', '2026-03-01 08:02:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
-- @case toutes les critiques
-- @fires preuve-a {"absent": 3, "active": 9, "lost": "critical"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'SUSPECT', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 9, 3, true, 0, '{}');
-- @case le suivant a tranché
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'SUSPECT', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 20, 12, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
-- @case le suivant a échoué
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'SUSPECT', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 20, 12, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'FAILED', 'elle ne répond pas', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
