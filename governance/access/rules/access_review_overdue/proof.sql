-- @as install
-- @case jamais revue, le premier compte a plus d’un trimestre
-- @fires preuve-a/access {"source": "preuve-a", "reviewed": "never", "last_review_at": null, "detected_at": "2026-04-03T08:00:00Z"}
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-1', '', '', '', false, false, true, '2026-01-01 08:00:00+00', NULL, '');
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000002', 'preuve-2', '', '', '', false, false, true, now(), NULL, '');
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000003', 'preuve-3', '', '', '', false, false, true, '2025-01-01 08:00:00+00', NULL, '');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-a', 'admin');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000002', 'preuve-a', 'pca');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000002', 'preuve-b', 'pca');
-- @case revue il y a plus d’un trimestre, et avant
-- @fires preuve-a/access {"reviewed": "once"}
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-1', '', '', '', false, false, true, '2025-01-01 08:00:00+00', NULL, '');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-a', 'admin');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-b', 'admin');
INSERT INTO access_review (id, source, at, lines)
SELECT gen_random_uuid(), 'preuve-a', now() - interval '93 days',
    jsonb_agg(jsonb_build_object('person', r.user_id, 'role', r.role, 'decision', 'confirm', 'note', ''))
FROM source_role AS r WHERE r.source = 'preuve-a';
INSERT INTO access_review (id, source, at, lines)
SELECT gen_random_uuid(), 'preuve-a', now() - interval '200 days',
    jsonb_agg(jsonb_build_object('person', r.user_id, 'role', r.role, 'decision', 'confirm', 'note', ''))
FROM source_role AS r WHERE r.source = 'preuve-a';
INSERT INTO access_review (id, source, at, lines)
SELECT gen_random_uuid(), 'preuve-b', now() - interval '92 days',
    jsonb_agg(jsonb_build_object('person', r.user_id, 'role', r.role, 'decision', 'confirm', 'note', ''))
FROM source_role AS r WHERE r.source = 'preuve-b';
-- @case revue hier, et avant
-- @silent
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-1', '', '', '', false, false, true, '2025-01-01 08:00:00+00', NULL, '');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-a', 'admin');
INSERT INTO access_review (id, source, at, lines)
SELECT gen_random_uuid(), 'preuve-a', now() - interval '200 days',
    jsonb_agg(jsonb_build_object('person', r.user_id, 'role', r.role, 'decision', 'confirm', 'note', ''))
FROM source_role AS r WHERE r.source = 'preuve-a';
INSERT INTO access_review (id, source, at, lines)
SELECT gen_random_uuid(), 'preuve-a', now() - interval '1 day',
    jsonb_agg(jsonb_build_object('person', r.user_id, 'role', r.role, 'decision', 'confirm', 'note', ''))
FROM source_role AS r WHERE r.source = 'preuve-a';
-- @case personne n’y tient de rôle
-- @silent
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-1', '', '', '', false, false, true, '2025-01-01 08:00:00+00', NULL, '');
-- @case une personne, même administratrice, ne lit pas les comptes
-- @silent
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, last_login, language)
VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-1', '', '', '', false, false, true, '2025-01-01 08:00:00+00', NULL, '');
INSERT INTO source_role (user_id, source, role) VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-a', 'admin');
SELECT set_config('governance.system', '', true),
    set_config('governance.user_id', '00000000-0000-4000-8000-000000000001', true);
