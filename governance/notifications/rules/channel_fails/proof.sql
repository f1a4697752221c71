-- @as install
-- @case un canal échoue depuis plus d’une heure
-- @fires console/preuve {"channel": "preuve", "failing_since": "2026-03-01T08:00:00Z", "detected_at": "2026-03-01T09:00:00Z"}
INSERT INTO channel (id, name, family, is_on, hint, may_be_private, failing_since) VALUES ('00000000-0000-4000-8000-0000000000cc', 'preuve', 'slack', true, '', false, '2026-03-01 08:00:00+00');
-- @case pas encore depuis une heure, ou éteint, ou jamais
-- @silent
INSERT INTO channel (id, name, family, is_on, hint, may_be_private, failing_since) VALUES ('00000000-0000-4000-8000-0000000000cc', 'preuve', 'slack', true, '', false, now() - interval '1 hour');
INSERT INTO channel (id, name, family, is_on, hint, may_be_private, failing_since) VALUES ('00000000-0000-4000-8000-0000000000cd', 'preuve-2', 'slack', false, '', false, '2026-03-01 08:00:00+00');
INSERT INTO channel (id, name, family, is_on, hint, may_be_private, failing_since) VALUES ('00000000-0000-4000-8000-0000000000ce', 'preuve-3', 'slack', true, '', false, NULL);
-- @case une personne qui voit une source n’apprend rien des canaux
-- @silent
INSERT INTO channel (id, name, family, is_on, hint, may_be_private, failing_since) VALUES ('00000000-0000-4000-8000-0000000000cc', 'preuve', 'slack', true, '', false, '2026-03-01 08:00:00+00');
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, language)
VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-admin', '', '', '', false, false, true, '2025-01-01 08:00:00+00', '');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-a', 'admin');
SELECT set_config('governance.system', '', true),
    set_config('governance.user_id', '00000000-0000-4000-8000-000000000001', true);
