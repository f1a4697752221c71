-- @as notify
-- @setup
INSERT INTO channel (id, name, family, is_on, hint, may_be_private) VALUES ('00000000-0000-4000-8000-0000000000cc', 'preuve', 'slack', true, '', false);
-- @case deux messages abandonnés, la dernière réponse est dite
-- @fires console/preuve/dead {"channel": "preuve", "given_up": 2, "answer": "HTTP 404", "detected_at": "2026-03-01T08:00:00Z"}
INSERT INTO delivery (id, kind, source, channel_id, address, language, subject, text, html, thread, data, count, is_urgent, state, attempts, rounds, replay_note, answer, due_at, ended_at, lease_until)
VALUES ('00000000-0000-4000-8000-0000000000d1', 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000cc', '', 'fr', 's', 't', '', '', '{}', 1, false, 'DEAD', 1, 1, '', 'HTTP 500', now(), '2026-03-01 08:00:00+00', NULL);
INSERT INTO delivery (id, kind, source, channel_id, address, language, subject, text, html, thread, data, count, is_urgent, state, attempts, rounds, replay_note, answer, due_at, ended_at, lease_until)
VALUES ('00000000-0000-4000-8000-0000000000d2', 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000cc', '', 'fr', 's', 't', '', '', '{}', 1, false, 'DEAD', 1, 1, '', 'HTTP 404', now(), '2026-03-01 09:00:00+00', NULL);
-- @case remis, ou encore en route
-- @silent
INSERT INTO delivery (id, kind, source, channel_id, address, language, subject, text, html, thread, data, count, is_urgent, state, attempts, rounds, replay_note, answer, due_at, ended_at, lease_until)
VALUES ('00000000-0000-4000-8000-0000000000d1', 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000cc', '', 'fr', 's', 't', '', '', '{}', 1, false, 'DELIVERED', 1, 1, '', '', now(), '2026-03-01 08:00:00+00', NULL);
INSERT INTO delivery (id, kind, source, channel_id, address, language, subject, text, html, thread, data, count, is_urgent, state, attempts, rounds, replay_note, answer, due_at, ended_at, lease_until)
VALUES ('00000000-0000-4000-8000-0000000000d2', 'OPENED', 'preuve-a', '00000000-0000-4000-8000-0000000000cc', '', 'fr', 's', 't', '', '', '{}', 1, false, 'WAITING', 1, 1, '', '', now(), NULL, NULL);
