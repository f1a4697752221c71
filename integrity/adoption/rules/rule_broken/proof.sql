-- @as packs
-- @setup
SELECT set_config('governance.system', 'scan', true);
INSERT INTO watched_source (source, interval_s) VALUES ('preuve-a', 60), ('preuve-b', 60), ('preuve-c', NULL);
SELECT set_config('governance.system', 'packs', true);
-- @case une règle ne se lit pas
-- @fires preuve-a/REGLE {"rule": "REGLE", "source": "preuve-a", "first": "un défaut", "problem": "un défaut\nun autre",
--     "severity": "WARN", "detected_at": "2026-03-01T08:00:00Z"}
INSERT INTO rule_fault (id, source, code, problem, since)
VALUES (gen_random_uuid(), 'preuve-a', 'REGLE', E'un défaut\nun autre', '2026-03-01 08:00:00+00');
-- @case une source qui n’est plus surveillée
-- @silent
INSERT INTO rule_fault (id, source, code, problem, since)
VALUES (gen_random_uuid(), 'preuve-c', 'REGLE', 'un défaut', '2026-03-01 08:00:00+00'), (gen_random_uuid(), 'preuve-d', 'REGLE', 'un défaut', '2026-03-01 08:00:00+00');
