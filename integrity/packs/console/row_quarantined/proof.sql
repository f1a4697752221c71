-- @as scan
-- @setup
INSERT INTO watched_source (source, interval_s) VALUES ('preuve-a', 60), ('preuve-b', 60);
-- @case deux lignes, la première fois
-- @fires preuve-a {"source": "preuve-a", "rows": 2, "rows_most": 2, "codes": ["", "B"], "faults": [{"fault": "severity is unknown", "check_code": "B"},
--     {"fault": "check_code is missing", "check_code": null}], "detected_at": "2026-03-01T08:01:00Z"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    7, '[{"fault": "severity is unknown", "check_code": "B"}, {"fault": "check_code is missing", "check_code": null}]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    2, '[{"fault": "severity is unknown", "check_code": "B"}, {"fault": "check_code is missing", "check_code": null}]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-b', '2026-03-01 08:02:00+00', '2026-03-01 08:02:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
-- @case moins de lignes et un autre code que depuis l’ouverture
-- @fires preuve-a {"rows": 1, "rows_most": 5, "codes": ["A", "B"]}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    1, '[{"fault": "severity is unknown", "check_code": "B"}]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'ROW_QUARANTINED', 'WARN', 'SOURCE', 'preuve-a', 'preuve', '{"rows_most": 5, "codes": ["A"]}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'ROW_QUARANTINED', 'WARN', 'SOURCE', 'preuve-b', 'preuve', '{"rows_most": 9, "codes": ["C"]}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'SCAN_FAILED', 'WARN', 'SOURCE', 'preuve-a', 'preuve', '{"rows_most": 9, "codes": ["C"]}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'preuve-a', 'ROW_QUARANTINED', 'WARN', 'SOURCE', 'preuve-a', 'preuve', '{"rows_most": 9, "codes": ["C"]}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'ROW_QUARANTINED', 'WARN', 'AUTRE', 'preuve-a', 'preuve', '{"rows_most": 9, "codes": ["C"]}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00');
-- @case plus de lignes que depuis l’ouverture
-- @fires preuve-a {"rows": 6, "rows_most": 6, "codes": ["A", "B"]}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    6, '[{"fault": "severity is unknown", "check_code": "B"}]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'ROW_QUARANTINED', 'WARN', 'SOURCE', 'preuve-a', 'preuve', '{"rows_most": 5, "codes": ["A"]}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00');
-- @case une alerte résolue ne compte plus
-- @fires preuve-a {"rows": 1, "rows_most": 1, "codes": ["B"]}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    1, '[{"fault": "severity is unknown", "check_code": "B"}]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'ROW_QUARANTINED', 'WARN', 'SOURCE', 'preuve-a', 'preuve', '{"rows_most": 5, "codes": ["A"]}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00');
UPDATE system_alerts SET status = 'RESOLVED', resolution_cause = 'DATA_FIXED'
WHERE source = 'console' AND check_code = 'ROW_QUARANTINED' AND entity_id = 'preuve-a';
-- @case le contrôle suivant a échoué et n’a rien lu
-- @fires preuve-a {"rows": 1}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    1, '[{"fault": "severity is unknown", "check_code": "B"}]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'FAILED', 'elle ne répond pas', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
-- @case aucune ligne mise à l’écart depuis
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    2, '[{"fault": "severity is unknown", "check_code": "B"}, {"fault": "check_code is missing", "check_code": null}]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
