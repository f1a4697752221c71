-- @as install
-- @setup
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, language)
VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-1', '', '', '', false, false, true, now(), '');
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, language)
VALUES ('00000000-0000-4000-8000-000000000002', 'preuve-2', '', '', '', false, false, true, now(), '');
SELECT set_config('governance.system', 'journal', true);
-- @case une personne refusée en nombre, de deux adresses, de plusieurs façons
-- @fires console/account/preuve-1 {"aimed": "account", "target": "preuve-1", "attempts": 40}
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'forbidden', '00000000-0000-4000-8000-000000000001', '192.0.2.1', 18);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'csrf', '00000000-0000-4000-8000-000000000001', '192.0.2.2', 18);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'database', '00000000-0000-4000-8000-000000000001', '192.0.2.2', 18);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'forbidden', '00000000-0000-4000-8000-000000000002', '192.0.2.2', 15);
-- @case une adresse sans personne essaie des adresses
-- @fires console/address/192.0.2.1 {"aimed": "address", "target": "192.0.2.1", "attempts": 20}
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'malformed', NULL, '192.0.2.1', 9);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'unauthenticated', NULL, '192.0.2.1', 9);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'malformed', NULL, '192.0.2.2', 15);
-- @case un de moins
-- @silent
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'malformed', NULL, '192.0.2.1', 9);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'unauthenticated', NULL, '192.0.2.1', 8);
-- @case une connexion échouée n’est pas un droit sondé
-- @silent
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'sign_in', NULL, '192.0.2.1', 500);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'too_many', NULL, '192.0.2.1', 500);
-- @case il y a juste un jour
-- @silent
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '24 hours', 'forbidden', NULL, '192.0.2.1', 500);
-- @case il y a un peu moins d’un jour
-- @fires console/address/192.0.2.1 {"attempts": 500}
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '23 hours 59 minutes 30 seconds', 'forbidden', NULL, '192.0.2.1', 500);
-- @case de deux personnes et d’une adresse, chacune pour soi
-- @fires console/account/preuve-1 {"attempts": 20}
-- @fires console/account/preuve-2 {"attempts": 60}
-- @fires console/address/192.0.2.1 {"attempts": 40}
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'forbidden', '00000000-0000-4000-8000-000000000001', '192.0.2.1', 20);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'forbidden', '00000000-0000-4000-8000-000000000002', '192.0.2.1', 60);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'csrf', NULL, '192.0.2.1', 40);
