-- @as scan
-- @setup
INSERT INTO watched_source (source, interval_s) VALUES ('preuve-a', 60), ('preuve-b', 600), ('preuve-c', NULL);
-- @case aucun contrôle complet depuis trois intervalles
-- @fires preuve-a {"source": "preuve-a", "since": "complete", "last_complete_at": "2026-03-01T08:00:00Z", "known_since": "2026-01-01T00:00:00Z",
--     "interval_s": 60, "missed": 3, "detected_at": "2026-03-01T08:03:00Z"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', '2026-02-01 08:00:00+00', '2026-02-01 08:00:00+00', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:01:00+00', '2026-03-01 08:01:00+00', 'FAILED', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:02:00+00', '2026-03-01 08:02:00+00', 'SUSPECT', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-d', now() - interval '10 seconds', now() - interval '10 seconds', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
SELECT set_config('governance.system', 'schedule', true);
INSERT INTO job_run (key, source, known_since, said) VALUES ('scan', 'preuve-a', '2026-01-01 00:00:00+00', '');
-- @case jamais contrôlée, connue depuis trois intervalles
-- @fires preuve-a {"since": "known", "last_complete_at": null, "known_since": "2026-03-01T08:00:00Z", "detected_at": "2026-03-01T08:03:00Z"}
SELECT set_config('governance.system', 'schedule', true);
INSERT INTO job_run (key, source, known_since, said) VALUES ('scan', 'preuve-a', '2026-03-01 08:00:00+00', '');
-- @case un autre travail, ou celui d’une autre source, ne la fait pas connaître
-- @silent
SELECT set_config('governance.system', 'schedule', true);
INSERT INTO job_run (key, source, known_since, said) VALUES ('autre', 'preuve-a', '2026-03-01 08:00:00+00', '');
SELECT set_config('governance.system', 'schedule', true);
INSERT INTO job_run (key, source, known_since, said) VALUES ('scan', 'preuve-d', '2026-03-01 08:00:00+00', '');
-- @case rien n’en est connu
-- @silent
SELECT set_config('governance.system', 'scan', true);
-- @case contrôlée il y a un peu moins de trois intervalles
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', now() - interval '170 seconds', now() - interval '170 seconds', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-b', now() - interval '190 seconds', now() - interval '190 seconds', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
-- @case contrôlée il y a un peu plus
-- @fires preuve-a
-- @fires preuve-b
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', now() - interval '190 seconds', now() - interval '190 seconds', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-b', now() - interval '1810 seconds', now() - interval '1810 seconds', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
-- @case connue depuis peu, jamais contrôlée
-- @silent
SELECT set_config('governance.system', 'schedule', true);
INSERT INTO job_run (key, source, known_since, said) VALUES ('scan', 'preuve-a', now() - interval '170 seconds', '');
-- @case une date en avance d’une demi-minute est crue
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', now() + interval '30 seconds', now() + interval '30 seconds', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
-- @case c’est le début du contrôle qui est daté, non sa fin
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', now() - interval '10 seconds', now() + interval '1 hour', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
SELECT set_config('governance.system', 'schedule', true);
INSERT INTO job_run (key, source, known_since, said) VALUES ('scan', 'preuve-a', '2026-01-01 00:00:00+00', '');
-- @case une date en avance d’une minute et demie ne l’est pas
-- @fires preuve-a {"last_complete_at": "2026-03-01T08:00:00Z"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', now() + interval '90 seconds', now() + interval '90 seconds', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
-- @case ni une date d’après l’alarme des horloges
-- @fires preuve-a {"last_complete_at": "2026-03-01T08:00:00Z"}
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', now() - interval '10 seconds', now() - interval '10 seconds', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'CLOCK_SKEW', 'WARN', 'SOURCE', 'preuve-a', 'preuve', '{}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 08:05:00+00', now(), '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00');
-- @case l’alarme est résolue
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', now() - interval '10 seconds', now() - interval '10 seconds', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'CLOCK_SKEW', 'WARN', 'SOURCE', 'preuve-a', 'preuve', '{}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00');
UPDATE system_alerts SET status = 'RESOLVED', resolution_cause = 'DATA_FIXED'
WHERE source = 'console' AND check_code = 'CLOCK_SKEW' AND entity_id = 'preuve-a';
-- @case l’alarme est une autre
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-a', now() - interval '10 seconds', now() - interval '10 seconds', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'CLOCK_SKEW', 'WARN', 'SOURCE', 'preuve-b', 'preuve', '{}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'SCAN_FAILED', 'WARN', 'SOURCE', 'preuve-a', 'preuve', '{}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'preuve-a', 'CLOCK_SKEW', 'WARN', 'SOURCE', 'preuve-a', 'preuve', '{}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'console', 'CLOCK_SKEW', 'WARN', 'AUTRE', 'preuve-a', 'preuve', '{}', 1, '{}', 'OPEN', 1,
    1, '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00', '2026-03-01 08:05:00+00');
-- @case la console elle-même n’a pas d’intervalle
-- @silent
INSERT INTO integrity_scan
    (id, source, started_at, finished_at, outcome, error, view_hash, rules, rows, per_code, quarantined, faults,
    opened, reopened, lapsed, changed, closed)
VALUES (gen_random_uuid(), 'preuve-c', '2026-03-01 08:00:00+00', '2026-03-01 08:00:00+00', 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0);
