-- @as scan
-- @setup
INSERT INTO watched_source (source, interval_s) VALUES ('preuve-a', 60), ('preuve-b', 60);
-- @case le dernier contrôle a échoué, celui d’avant aussi
-- @fires preuve-a {"source": "preuve-a", "error": "elle ne répond pas", "detected_at": "2026-03-01T08:01:00Z"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'FAILED', 'avant', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'FAILED', 'elle ne répond pas', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-b', '2026-03-01 08:02:00+00', '2026-03-01 08:02:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
-- @case il a abouti depuis
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'FAILED', 'elle ne répond pas', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
-- @case il est douteux
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'SUSPECT', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
-- @case une source qui n’est plus surveillée
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-c', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'FAILED', 'elle ne répond pas', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
