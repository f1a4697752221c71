-- @as scan
-- @setup
INSERT INTO watched_source (source, interval_s) VALUES ('preuve-a', 60), ('preuve-b', 60);
-- @case une lecture entière trouve autre chose ; les suivantes n’y changent rien
-- @fires preuve-a {"source": "preuve-a", "rules": "AUTRE, REGLE", "differences": 5}
INSERT INTO integrity_scan (id, source, started_at, finished_at, outcome, disputed)
VALUES (gen_random_uuid(), 'preuve-a', now() - interval '6 days', now() - interval '6 days', 'COMPLETE', '{"REGLE": 3, "AUTRE": 2}'),
       (gen_random_uuid(), 'preuve-a', now() - interval '1 day', now() - interval '1 day', 'COMPLETE', '{}'),
       (gen_random_uuid(), 'preuve-b', now() - interval '1 day', now() - interval '1 day', 'COMPLETE', '{}');
-- @case de deux démentis, le dernier
-- @fires preuve-a {"rules": "REGLE", "differences": 1}
INSERT INTO integrity_scan (id, source, started_at, finished_at, outcome, disputed)
VALUES (gen_random_uuid(), 'preuve-a', now() - interval '2 days', now() - interval '2 days', 'COMPLETE', '{"REGLE": 1}'),
       (gen_random_uuid(), 'preuve-a', now() - interval '3 days', now() - interval '1 day', 'COMPLETE', '{"REGLE": 9}');
-- @case un peu moins de sept jours
-- @fires preuve-a
INSERT INTO integrity_scan (id, source, started_at, finished_at, outcome, disputed)
VALUES (gen_random_uuid(), 'preuve-a', now() - interval '167 hours 59 minutes 30 seconds', now(), 'COMPLETE', '{"REGLE": 1}');
-- @case sept jours
-- @silent
INSERT INTO integrity_scan (id, source, started_at, finished_at, outcome, disputed)
VALUES (gen_random_uuid(), 'preuve-a', now() - interval '168 hours', now() - interval '167 hours', 'COMPLETE', '{"REGLE": 1}');
-- @case une source qui n’est plus surveillée
-- @silent
INSERT INTO integrity_scan (id, source, started_at, finished_at, outcome, disputed)
VALUES (gen_random_uuid(), 'preuve-c', now() - interval '1 day', now() - interval '1 day', 'COMPLETE', '{"REGLE": 1}');
