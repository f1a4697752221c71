-- @as scan
-- @setup
INSERT INTO watched_source (source, interval_s) VALUES ('preuve-a', 60), ('preuve-b', 60);
-- @case une règle échoue, une autre est lente, une troisième se lit
-- @fires preuve-a/LENTE {"rule": "LENTE", "source": "preuve-a", "cause": "slow", "error": "pas de réponse en 30 s", "detected_at": "2026-03-01T08:01:00Z"}
-- @fires preuve-a/REGLE {"rule": "REGLE", "source": "preuve-a", "cause": "refused", "error": "division by zero", "detected_at": "2026-03-01T08:01:00Z"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift, readings)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}', '{"LENTE": {"at": "2026-03-01T08:00:00+00:00", "ms": 3, "rows": 2, "cause": "", "error": ""}, "REGLE": {"at": "2026-03-01T08:00:00+00:00", "ms": 3, "rows": 2, "cause": "", "error": ""}, "BONNE": {"at": "2026-03-01T08:00:00+00:00", "ms": 3, "rows": 2, "cause": "", "error": ""}}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift, readings)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}', '{"LENTE": {"at": "2026-03-01T08:00:00+00:00", "ms": 30000, "rows": 0, "cause": "slow", "error": "pas de réponse en 30 s"}, "REGLE": {"at": "2026-03-01T08:00:00+00:00", "ms": 3, "rows": 0, "cause": "refused", "error": "division by zero"}, "BONNE": {"at": "2026-03-01T08:00:00+00:00", "ms": 3, "rows": 2, "cause": "", "error": ""}}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift, readings)
VALUES (gen_random_uuid(), 'preuve-b', '2026-03-01 08:02:00+00', '2026-03-01 08:02:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}', '{"REGLE": {"at": "2026-03-01T08:00:00+00:00", "ms": 3, "rows": 2, "cause": "", "error": ""}}');
-- @case elle se lit à nouveau
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift, readings)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}', '{"REGLE": {"at": "2026-03-01T08:00:00+00:00", "ms": 3, "rows": 0, "cause": "refused", "error": "division by zero"}}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift, readings)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}', '{"REGLE": {"at": "2026-03-01T08:00:00+00:00", "ms": 3, "rows": 2, "cause": "", "error": ""}}');
-- @case toutes se lisent ensemble à nouveau
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift, readings)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}', '{"REGLE": {"at": "2026-03-01T08:00:00+00:00", "ms": 3, "rows": 0, "cause": "refused", "error": "division by zero"}}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift, readings)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}', '{}');
-- @case le contrôle suivant a échoué et n’a rien lu
-- @fires preuve-a/REGLE {"cause": "refused", "detected_at": "2026-03-01T08:00:00Z"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift, readings)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'SUSPECT', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}', '{"REGLE": {"at": "2026-03-01T08:00:00+00:00", "ms": 3, "rows": 0, "cause": "refused", "error": "division by zero"}}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift, readings)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'FAILED', 'elle ne répond pas', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}', '{}');
-- @case une source qui n’est plus surveillée
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift, readings)
VALUES (gen_random_uuid(), 'preuve-c', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}', '{"REGLE": {"at": "2026-03-01T08:00:00+00:00", "ms": 3, "rows": 0, "cause": "refused", "error": "division by zero"}}');
