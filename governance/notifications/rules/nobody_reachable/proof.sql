-- @as notify
-- @setup
INSERT INTO channel (id, name, family, is_on, hint, may_be_private) VALUES ('00000000-0000-4000-8000-0000000000cc', 'preuve', 'slack', true, '', false);
INSERT INTO system_alerts (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode, version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES ('00000000-0000-4000-8000-0000000000a1', 'preuve-a', 'PREUVE', 'CRITICAL', 'PREUVE', 'e-1', 'm', '{}', 1, '{}', 'OPEN', 1, 1, now(), now(), now(), now());
INSERT INTO notification (id, at, kind, alert_id, episode, version, source, check_code, severity, said, planned_at)
VALUES (9000001, '2026-03-01 07:59:00+00', 'OPENED', '00000000-0000-4000-8000-0000000000a1', 1, 5, 'preuve-a', 'PREUVE', 'CRITICAL', '{}', '2026-03-01 08:00:00+00');
-- @case personne n’a été choisi pour deux alertes
-- @fires preuve-a/reach {"source": "preuve-a", "alerts": 2, "detected_at": "2026-03-01T08:00:00Z"}
INSERT INTO system_alerts (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode, version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES ('00000000-0000-4000-8000-0000000000a2', 'preuve-a', 'PREUVE', 'CRITICAL', 'PREUVE', 'e-2', 'm', '{}', 1, '{}', 'OPEN', 1, 1, now(), now(), now(), now());
INSERT INTO notification (id, at, kind, alert_id, episode, version, source, check_code, severity, said, planned_at)
VALUES (9000002, '2026-03-01 07:59:00+00', 'OPENED', '00000000-0000-4000-8000-0000000000a2', 1, 5, 'preuve-a', 'PREUVE', 'CRITICAL', '{}', '2026-03-01 09:00:00+00');
INSERT INTO notification (id, at, kind, alert_id, episode, version, source, check_code, severity, said, planned_at)
VALUES (9000012, '2026-03-01 07:59:00+00', 'OPENED', '00000000-0000-4000-8000-0000000000a2', 1, 5, 'preuve-a', 'PREUVE', 'CRITICAL', '{}', '2026-03-01 09:30:00+00');
UPDATE system_alerts SET message = 'autre' WHERE id IN ('00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000a2');
-- @case sans adresse, sans objet, ou abandonné
-- @fires preuve-a/reach {"alerts": 1}
INSERT INTO delivery (id, kind, source, channel_id, address, language, subject, text, html, thread, data, count, is_urgent, state, attempts, rounds, replay_note, answer)
VALUES ('00000000-0000-4000-8000-0000000000d1', 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000cc', '', 'fr', 's', 't', '', '', '{}', 1, false, 'DEAD', 1, 1, '', '');
INSERT INTO notice (notification_id, kind, source, alert_id, episode, person_id, channel_id, reason, state, delivery_id)
VALUES (9000001, 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000a1', 1, '00000000-0000-4000-8000-0000000000b1', '00000000-0000-4000-8000-0000000000cc', 'owner', 'UNREACHABLE', NULL);
INSERT INTO notice (notification_id, kind, source, alert_id, episode, person_id, channel_id, reason, state, delivery_id)
VALUES (9000001, 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000a1', 1, '00000000-0000-4000-8000-0000000000b2', '00000000-0000-4000-8000-0000000000cc', 'owner', 'MOOT', NULL);
INSERT INTO notice (notification_id, kind, source, alert_id, episode, person_id, channel_id, reason, state, delivery_id)
VALUES (9000001, 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000a1', 1, '00000000-0000-4000-8000-0000000000b3', '00000000-0000-4000-8000-0000000000cc', 'owner', 'TOLD', '00000000-0000-4000-8000-0000000000d1');
INSERT INTO delivery (id, kind, source, channel_id, address, language, subject, text, html, thread, data, count, is_urgent, state, attempts, rounds, replay_note, answer)
VALUES ('00000000-0000-4000-8000-0000000000d9', 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000cc', '', 'fr', 's', 't', '', '', '{}', 1, false, 'DELIVERED', 1, 1, '', '');
-- @case quelqu’un ne l’a su que d’une autre, ou d’un autre épisode
-- @fires preuve-a/reach {"alerts": 1}
INSERT INTO system_alerts (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode, version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES ('00000000-0000-4000-8000-0000000000a2', 'preuve-a', 'PREUVE', 'CRITICAL', 'PREUVE', 'e-2', 'm', '{}', 1, '{}', 'OPEN', 1, 1, now(), now(), now(), now());
INSERT INTO notification (id, at, kind, alert_id, episode, version, source, check_code, severity, said, planned_at)
VALUES (9000002, '2026-03-01 07:59:00+00', 'OPENED', '00000000-0000-4000-8000-0000000000a2', 1, 5, 'preuve-a', 'PREUVE', 'CRITICAL', '{}', '2026-03-01 08:00:00+00');
INSERT INTO notice (notification_id, kind, source, alert_id, episode, person_id, channel_id, reason, state, delivery_id)
VALUES (9000002, 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000a2', 1, '00000000-0000-4000-8000-0000000000b1', '00000000-0000-4000-8000-0000000000cc', 'owner', 'WAITING', NULL);
INSERT INTO notification (id, at, kind, alert_id, episode, version, source, check_code, severity, said, planned_at)
VALUES (9000021, '2026-03-01 07:59:00+00', 'OPENED', '00000000-0000-4000-8000-0000000000a1', 2, 5, 'preuve-a', 'PREUVE', 'CRITICAL', '{}', '2026-03-01 08:00:00+00');
INSERT INTO notice (notification_id, kind, source, alert_id, episode, person_id, channel_id, reason, state, delivery_id)
VALUES (9000021, 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000a1', 2, '00000000-0000-4000-8000-0000000000b2', '00000000-0000-4000-8000-0000000000cc', 'owner', 'WAITING', NULL);
-- @case un message est parti, ou partira
-- @silent
INSERT INTO delivery (id, kind, source, channel_id, address, language, subject, text, html, thread, data, count, is_urgent, state, attempts, rounds, replay_note, answer)
VALUES ('00000000-0000-4000-8000-0000000000d1', 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000cc', '', 'fr', 's', 't', '', '', '{}', 1, false, 'WAITING', 1, 1, '', '');
INSERT INTO notice (notification_id, kind, source, alert_id, episode, person_id, channel_id, reason, state, delivery_id)
VALUES (9000001, 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000a1', 1, '00000000-0000-4000-8000-0000000000b1', '00000000-0000-4000-8000-0000000000cc', 'owner', 'TOLD', '00000000-0000-4000-8000-0000000000d1');
INSERT INTO system_alerts (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode, version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES ('00000000-0000-4000-8000-0000000000a2', 'preuve-a', 'PREUVE', 'CRITICAL', 'PREUVE', 'e-2', 'm', '{}', 1, '{}', 'OPEN', 1, 1, now(), now(), now(), now());
INSERT INTO notification (id, at, kind, alert_id, episode, version, source, check_code, severity, said, planned_at)
VALUES (9000002, '2026-03-01 07:59:00+00', 'OPENED', '00000000-0000-4000-8000-0000000000a2', 1, 5, 'preuve-a', 'PREUVE', 'CRITICAL', '{}', '2026-03-01 08:00:00+00');
INSERT INTO notice (notification_id, kind, source, alert_id, episode, person_id, channel_id, reason, state, delivery_id)
VALUES (9000002, 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000a2', 1, '00000000-0000-4000-8000-0000000000b2', '00000000-0000-4000-8000-0000000000cc', 'owner', 'WAITING', NULL);
-- @case la seule alerte sera dite
-- @silent
INSERT INTO notice (notification_id, kind, source, alert_id, episode, person_id, channel_id, reason, state, delivery_id)
VALUES (9000001, 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000a1', 1, '00000000-0000-4000-8000-0000000000b1', '00000000-0000-4000-8000-0000000000cc', 'owner', 'WAITING', NULL);
-- @case terminée
-- @silent
UPDATE system_alerts SET status = 'RESOLVED', resolution_cause = 'DATA_FIXED' WHERE id = '00000000-0000-4000-8000-0000000000a1';
-- @case moins grave, ou pas encore décidé
-- @silent
UPDATE system_alerts SET severity = 'WARN' WHERE id = '00000000-0000-4000-8000-0000000000a1';
INSERT INTO system_alerts (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode, version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES ('00000000-0000-4000-8000-0000000000a2', 'preuve-a', 'PREUVE', 'CRITICAL', 'PREUVE', 'e-2', 'm', '{}', 1, '{}', 'OPEN', 1, 1, now(), now(), now(), now());
INSERT INTO notification (id, at, kind, alert_id, episode, version, source, check_code, severity, said, planned_at)
VALUES (9000002, '2026-03-01 07:59:00+00', 'OPENED', '00000000-0000-4000-8000-0000000000a2', 1, 5, 'preuve-a', 'PREUVE', 'CRITICAL', '{}', NULL);
INSERT INTO system_alerts (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode, version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES ('00000000-0000-4000-8000-0000000000a3', 'preuve-a', 'PREUVE', 'CRITICAL', 'PREUVE', 'e-3', 'm', '{}', 1, '{}', 'OPEN', 1, 1, now(), now(), now(), now());
INSERT INTO notification (id, at, kind, alert_id, episode, version, source, check_code, severity, said, planned_at)
VALUES (9000003, '2026-03-01 07:59:00+00', 'OPENED', '00000000-0000-4000-8000-0000000000a3', 7, 5, 'preuve-a', 'PREUVE', 'CRITICAL', '{}', '2026-03-01 08:00:00+00');
INSERT INTO system_alerts (id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material, status, episode, version, first_detected_at, last_detected_at, created_at, updated_at)
VALUES ('00000000-0000-4000-8000-0000000000a4', 'console', 'NOBODY_REACHABLE', 'CRITICAL', 'PREUVE', 'preuve-a/reach', 'm', '{}', 1, '{}', 'OPEN', 1, 1, now(), now(), now(), now());
INSERT INTO notification (id, at, kind, alert_id, episode, version, source, check_code, severity, said, planned_at)
VALUES (9000004, '2026-03-01 07:59:00+00', 'OPENED', '00000000-0000-4000-8000-0000000000a4', 1, 5, 'preuve-a', 'PREUVE', 'CRITICAL', '{}', '2026-03-01 08:00:00+00');
