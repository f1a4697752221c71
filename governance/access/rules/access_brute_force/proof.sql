-- @as install
-- @setup
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, language)
VALUES ('00000000-0000-4000-8000-000000000001', 'preuve-1', '', '', '', false, false, true, now(), '');
INSERT INTO governance_user
    (id, username, password, first_name, last_name, is_staff, is_superuser, is_active, date_joined, language)
VALUES ('00000000-0000-4000-8000-000000000002', 'preuve-2', '', '', '', false, false, true, now(), '');
SELECT set_config('governance.system', 'journal', true);
-- @case cent échecs d’une même adresse, sur des comptes inconnus
-- @fires console/address/192.0.2.1 {"aimed": "address", "target": "192.0.2.1", "attempts": 100}
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '3 hours', 'sign_in', NULL, '192.0.2.1', 98);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'mfa', NULL, '192.0.2.1', 48);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'locked', NULL, '192.0.2.1', 0);
-- @case à peine le seuil, en trois genres
-- @fires console/address/192.0.2.1 {"attempts": 50}
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'sign_in', NULL, '192.0.2.1', 10);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'mfa', NULL, '192.0.2.1', 18);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'locked', NULL, '192.0.2.1', 19);
-- @case un de moins
-- @silent
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'sign_in', NULL, '192.0.2.1', 10);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'mfa', NULL, '192.0.2.1', 18);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'locked', NULL, '192.0.2.1', 18);
-- @case de deux adresses, aucune ne suffit
-- @silent
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'sign_in', NULL, '192.0.2.1', 30);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'sign_in', NULL, '192.0.2.2', 30);
-- @case d’autres refus n’en sont pas
-- @silent
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'forbidden', NULL, '192.0.2.1', 500);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'too_many', NULL, '192.0.2.1', 500);
-- @case il y a juste un jour
-- @silent
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '24 hours', 'sign_in', NULL, '192.0.2.1', 500);
-- @case il y a un peu moins d’un jour
-- @fires console/address/192.0.2.1 {"attempts": 500}
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '23 hours 59 minutes 30 seconds', 'sign_in', NULL, '192.0.2.1', 500);
-- @case un compte essayé de deux adresses
-- @fires console/account/preuve-1 {"aimed": "account", "target": "preuve-1", "attempts": 50}
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'sign_in', '00000000-0000-4000-8000-000000000001', '192.0.2.1', 30);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'sign_in', '00000000-0000-4000-8000-000000000001', '192.0.2.2', 30);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'sign_in', '00000000-0000-4000-8000-000000000002', '192.0.2.3', 30);
-- @case un compte et une adresse à la fois, vu en dernier il y a une heure
-- @fires console/account/preuve-1 {"attempts": 150}
-- @fires console/address/192.0.2.1 {"attempts": 150}
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '2 hours', 'sign_in', '00000000-0000-4000-8000-000000000001', '192.0.2.1', 99);
INSERT INTO access_event (at, kind, person, address, merged) VALUES (now() - interval '1 hour', 'sign_in', '00000000-0000-4000-8000-000000000001', '192.0.2.1', 80);
