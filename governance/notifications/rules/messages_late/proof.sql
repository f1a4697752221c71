-- @as notify
-- @setup
INSERT INTO channel (id, name, family, is_on, hint, may_be_private) VALUES ('00000000-0000-4000-8000-0000000000cc', 'preuve', 'slack', true, '', false);
INSERT INTO channel (id, name, family, is_on, hint, may_be_private) VALUES ('00000000-0000-4000-8000-0000000000ce', 'eteint', 'slack', false, '', false);
-- @case un message attend depuis plus de dix minutes
-- @fires console/preuve/late {"place": "preuve", "waiting": 2, "oldest_at": "2026-03-01T08:00:00Z", "detected_at": "2026-03-01T08:10:00Z"}
INSERT INTO delivery (id, kind, source, channel_id, address, language, subject, text, html, thread, data, count, is_urgent, state, attempts, rounds, replay_note, answer, due_at, ended_at, lease_until)
VALUES ('00000000-0000-4000-8000-0000000000d1', 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000cc', '', 'fr', 's', 't', '', '', '{}', 1, false, 'WAITING', 1, 1, '', '', '2026-03-01 08:00:00+00', NULL, NULL);
INSERT INTO delivery (id, kind, source, channel_id, address, language, subject, text, html, thread, data, count, is_urgent, state, attempts, rounds, replay_note, answer, due_at, ended_at, lease_until)
VALUES ('00000000-0000-4000-8000-0000000000d2', 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000cc', '', 'fr', 's', 't', '', '', '{}', 1, false, 'WAITING', 1, 1, '', '', '2026-03-01 09:00:00+00', NULL, NULL);
-- @case le bail d’un travailleur est passé, et personne n’a décidé qui prévenir
-- @fires console/preuve/late {"waiting": 1, "oldest_at": "2026-03-01T08:01:00Z"}
-- @fires console/preuve-a/late {"place": "preuve-a", "waiting": 1, "oldest_at": "2026-03-01T08:00:00Z"}
INSERT INTO delivery (id, kind, source, channel_id, address, language, subject, text, html, thread, data, count, is_urgent, state, attempts, rounds, replay_note, answer, due_at, ended_at, lease_until)
VALUES ('00000000-0000-4000-8000-0000000000d1', 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000cc', '', 'fr', 's', 't', '', '', '{}', 1, false, 'SENDING', 1, 1, '', '', now(), NULL, '2026-03-01 08:01:00+00');
INSERT INTO notification (at, kind, alert_id, episode, version, source, check_code, severity, said, planned_at)
VALUES ('2026-03-01 08:00:00+00', 'OPENED', '00000000-0000-4000-8000-00000000000c', 1, 1, 'preuve-a', 'X', 'CRITICAL', '{}', NULL);
-- @case pas encore depuis dix minutes
-- @silent
INSERT INTO delivery (id, kind, source, channel_id, address, language, subject, text, html, thread, data, count, is_urgent, state, attempts, rounds, replay_note, answer, due_at, ended_at, lease_until)
VALUES ('00000000-0000-4000-8000-0000000000d1', 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000cc', '', 'fr', 's', 't', '', '', '{}', 1, false, 'WAITING', 1, 1, '', '', now() - interval '10 minutes', NULL, NULL);
-- @case remis, décidé, ou le canal est éteint
-- @silent
INSERT INTO delivery (id, kind, source, channel_id, address, language, subject, text, html, thread, data, count, is_urgent, state, attempts, rounds, replay_note, answer, due_at, ended_at, lease_until)
VALUES ('00000000-0000-4000-8000-0000000000d1', 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000ce', '', 'fr', 's', 't', '', '', '{}', 1, false, 'WAITING', 1, 1, '', '', '2026-03-01 08:00:00+00', NULL, NULL);
INSERT INTO delivery (id, kind, source, channel_id, address, language, subject, text, html, thread, data, count, is_urgent, state, attempts, rounds, replay_note, answer, due_at, ended_at, lease_until)
VALUES ('00000000-0000-4000-8000-0000000000d2', 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000ce', '', 'fr', 's', 't', '', '', '{}', 1, false, 'SENDING', 1, 1, '', '', now(), NULL, '2026-03-01 08:00:00+00');
INSERT INTO delivery (id, kind, source, channel_id, address, language, subject, text, html, thread, data, count, is_urgent, state, attempts, rounds, replay_note, answer, due_at, ended_at, lease_until)
VALUES ('00000000-0000-4000-8000-0000000000d3', 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000cc', '', 'fr', 's', 't', '', '', '{}', 1, false, 'DELIVERED', 1, 1, '', '', '2026-03-01 08:00:00+00', NULL, '2026-03-01 08:00:00+00');
INSERT INTO notification (at, kind, alert_id, episode, version, source, check_code, severity, said, planned_at)
VALUES ('2026-03-01 08:00:00+00', 'OPENED', '00000000-0000-4000-8000-00000000000c', 1, 1, 'preuve-a', 'X', 'CRITICAL', '{}', '2026-03-01 08:01:00+00');
