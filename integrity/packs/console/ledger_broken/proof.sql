-- @as verify
-- @case la dernière vérification a trouvé une entrée fautive
-- @fires console/ledger {"first_bad": 17, "fault": "CONTENT", "entries": 40, "drifts": []}
SELECT ledger_note(NULL, 'ledger', 'chain', NULL, 'ledger.verify',
    '{"whole": true, "entries": 40, "first_bad": null, "fault": null, "drifts": []}');
SELECT ledger_note(NULL, 'ledger', 'chain', NULL, 'ledger.verify',
    '{"whole": false, "entries": 40, "first_bad": 17, "fault": "CONTENT", "drifts": []}');
-- @case la suivante n’en trouve plus
-- @silent
SELECT ledger_note(NULL, 'ledger', 'chain', NULL, 'ledger.verify',
    '{"whole": false, "entries": 40, "first_bad": 17, "fault": "CONTENT", "drifts": []}');
SELECT ledger_note(NULL, 'ledger', 'chain', NULL, 'ledger.verify',
    '{"whole": true, "entries": 40, "first_bad": null, "fault": null, "drifts": []}');
-- @case une autre entrée la suit
-- @fires console/ledger {"first_bad": 17}
SELECT ledger_note(NULL, 'ledger', 'chain', NULL, 'ledger.verify',
    '{"whole": false, "entries": 40, "first_bad": 17, "fault": "CONTENT", "drifts": []}');
INSERT INTO system_alerts
    (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode,
    version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES (gen_random_uuid(), 'preuve', 'PREUVE', 'WARN', 'SOURCE', 'preuve', 'preuve', '{}', 1, '{}', 'OPEN', 1,
    1, now(), now(), now(), now());
