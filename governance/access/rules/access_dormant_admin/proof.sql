-- @as install
-- @case pas de connexion depuis plus de 90 jours
-- @fires preuve-a/preuve-admin {"source": "preuve-a", "account": "preuve-admin", "signed_in": "once", "last_login_at": "2026-01-01T08:00:00Z", "detected_at": "2026-04-01T08:00:00Z"}
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-admin', '', '', '', false, false, true, '2025-01-01 08:00:00+00', '2026-01-01 08:00:00+00', '');
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000002', 'preuve-autre', '', '', '', false, false, true, now(), '2026-01-01 08:00:00+00', '');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-a', 'admin');
-- @case jamais connecté depuis plus de 90 jours
-- @fires preuve-a/preuve-admin {"signed_in": "never", "last_login_at": null, "detected_at": "2026-04-01T08:00:00Z"}
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-admin', '', '', '', false, false, true, '2026-01-01 08:00:00+00', NULL, '');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-a', 'admin');
-- @case à un jour près
-- @fires preuve-a/preuve-admin
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-admin', '', '', '', false, false, true, now(), now() - interval '91 days', '');
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000002', 'preuve-autre', '', '', '', false, false, true, now(), now() - interval '90 days', '');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-a', 'admin');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000002', 'preuve-a', 'admin');
-- @case un autre rôle, ou un compte désactivé
-- @silent
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-directeur', '', '', '', false, false, true, now(), '2026-01-01 08:00:00+00', '');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-a', 'directeur');
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000002', 'preuve-admin', '', '', '', false, false, false, now(), '2026-01-01 08:00:00+00', '');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000002', 'preuve-a', 'admin');
-- @case connecté hier, le compte est ancien
-- @silent
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-admin', '', '', '', false, false, true, '2025-01-01 08:00:00+00', now() - interval '1 day', '');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-a', 'admin');
-- @case une personne, même administratrice, ne lit pas les comptes
-- @silent
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-admin', '', '', '', false, false, true, '2025-01-01 08:00:00+00', '2026-01-01 08:00:00+00', '');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-a', 'admin');
SELECT set_config('governance.system', '', true),
    set_config('governance.user_id', '00000000-0000-4000-8000-000000000001', true);
