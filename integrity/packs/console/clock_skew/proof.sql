-- @as scan
-- @setup
INSERT INTO watched_source (source, interval_s) VALUES ('preuve-a', 60), ('preuve-b', 60);
-- @case le dernier contrôle est daté du futur
-- @fires preuve-a {"source": "preuve-a", "clock": "ahead", "dated": "2126-03-01T08:00:00Z"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2126-03-01 08:00:00+00', '2126-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-b', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
-- @case il l’est, et l’alerte est déjà ouverte
-- @fires preuve-a {"clock": "ahead"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2126-03-01 08:00:00+00', '2126-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'CLOCK_SKEW', 'WARN', 'SOURCE', 'preuve-a', 'preuve', '{}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00');
-- @case le contrôle d’avant l’était
-- @fires preuve-a {"clock": "back", "dated": "2126-03-01T08:00:00Z", "detected_at": "2026-03-01T08:00:00Z"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2126-03-01 08:00:00+00', '2126-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
-- @case il l’était, et c’est déjà dit
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2126-03-01 08:00:00+00', '2126-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'CLOCK_SKEW', 'WARN', 'SOURCE', 'preuve-a', 'preuve', '{}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00');
-- @case il l’était ; une alerte d’autre chose ne le dit pas
-- @fires preuve-a {"clock": "back"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2126-03-01 08:00:00+00', '2126-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'CLOCK_SKEW', 'WARN', 'SOURCE', 'preuve-b', 'preuve', '{}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'SCAN_STALE', 'WARN', 'SOURCE', 'preuve-a', 'preuve', '{}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'preuve-a', 'CLOCK_SKEW', 'WARN', 'SOURCE', 'preuve-a', 'preuve', '{}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'CLOCK_SKEW', 'WARN', 'AUTRE', 'preuve-a', 'preuve', '{}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00');
-- @case il l’était ; une alerte résolue ne le dit plus
-- @fires preuve-a {"clock": "back"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2126-03-01 08:00:00+00', '2126-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'CLOCK_SKEW', 'WARN', 'SOURCE', 'preuve-a', 'preuve', '{}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00', '2026-03-01 07:00:00+00');
UPDATE system_alerts SET status = 'RESOLVED', resolution_cause = 'DATA_FIXED'
WHERE source = 'console' AND check_code = 'CLOCK_SKEW' AND entity_id = 'preuve-a';
-- @case celui d’avant encore l’était
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2126-03-01 08:00:00+00', '2126-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
-- @case un contrôle d’une autre source l’était
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-c', '2126-03-01 08:00:00+00', '2126-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
-- @case deux horloges diffèrent de 61 secondes
-- @fires preuve-a {"clock": "apart", "dated": null, "detected_at": "2026-03-01T08:00:00Z"}
-- @fires preuve-b {"clock": "apart"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 61, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-b', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, -61, '{}');
-- @case et le contrôle vient d’avoir lieu
-- @fires preuve-a {"clock": "apart", "dated": null}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', now() - interval '30 seconds', now(), 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 61, '{}');
-- @case d’une minute juste
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 60, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-b', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-b', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
-- @case une date en avance d’une demi-minute
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', now() + interval '30 seconds', now() + interval '30 seconds', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
-- @case une date en avance d’une minute et demie
-- @fires preuve-a {"clock": "ahead"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, evidence_hash, rules, rows, per_code,
    quarantined, faults, opened, reopened, lapsed, changed, closed, active, absent, loses_critical, clock_apart_s, drift)
VALUES (gen_random_uuid(), 'preuve-a', now() + interval '90 seconds', now() + interval '90 seconds', 'COMPLETE', '', 'v1', 'e1', '{}', 0, '{}',
    0, '[]', 0, 0, 0, 0, 0, 0, 0, false, 0, '{}');
