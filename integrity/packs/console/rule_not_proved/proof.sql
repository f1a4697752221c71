-- @as proofs
-- @setup
SELECT set_config('governance.system', 'scan', true);
INSERT INTO watched_source (source, interval_s) VALUES ('preuve-a', 60), ('preuve-b', 60), ('preuve-c', NULL);
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, pack, code, version, verdict, severity, detail, through, cases, proved_at)
SELECT gen_random_uuid(), '', r.pack, r.code, '1.0.0', 'PROUVEE', 'WARN', '', 'rule', '[]', now()
FROM (SELECT DISTINCT pack, code FROM integrity_rule_proof WHERE source = '') AS r;
-- @case la dernière preuve a échoué
-- @fires preuve-b/REGLE {"rule": "REGLE", "version": "1.0.0", "verdict": "BAVARDE", "detail": "constat de trop", "source": "preuve-b",
--     "proved_on": "source", "severity": "WARN", "detected_at": "2026-03-01T08:01:00Z"}
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), 'preuve-b', 'REGLE', '1.0.0', 'BAVARDE', 'CRITICAL', 'constat de trop', 'view', '[]', '2026-03-01 08:01:00+00');
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), 'preuve-b', 'REGLE', '1.0.0', 'INERTE', 'CRITICAL', 'détail', 'view', '[]', '2026-03-01 08:00:00+00');
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), 'preuve-b', 'AUTRE', '1.0.0', 'PROUVEE', 'CRITICAL', 'détail', 'view', '[]', '2026-03-01 08:02:00+00');
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), 'preuve-d', 'REGLE', '1.0.0', 'PROUVEE', 'CRITICAL', 'détail', 'view', '[]', '2026-03-01 08:02:00+00');
-- @case une règle critique est aveugle
-- @fires preuve-b/REGLE {"verdict": "INERTE", "severity": "CRITICAL"}
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), 'preuve-b', 'REGLE', '1.0.0', 'INERTE', 'CRITICAL', 'détail', 'view', '[]', '2026-03-01 08:00:00+00');
-- @case une règle moins grave l’est
-- @fires preuve-b/REGLE {"verdict": "INERTE", "severity": "WARN"}
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), 'preuve-b', 'REGLE', '1.0.0', 'INERTE', 'WARN', 'détail', 'view', '[]', '2026-03-01 08:00:00+00');
-- @case sur le dépôt de référence : pour chaque source surveillée
-- @fires preuve-a/REGLE/reference {"source": "preuve-a", "proved_on": "reference", "verdict": "IMPOSSIBLE"}
-- @fires preuve-b/REGLE/reference {"source": "preuve-b", "proved_on": "reference"}
SELECT set_config('governance.system', 'scan', true);
DELETE FROM watched_source WHERE source NOT LIKE 'preuve-%';
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), '', 'REGLE', '1.0.0', 'IMPOSSIBLE', 'CRITICAL', 'détail', 'view', '[]', '2026-03-01 08:00:00+00');
-- @case et pour aucune s’il n’y en a pas
-- @silent
SELECT set_config('governance.system', 'scan', true);
DELETE FROM watched_source WHERE interval_s IS NOT NULL;
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), '', 'REGLE', '1.0.0', 'IMPOSSIBLE', 'CRITICAL', 'détail', 'view', '[]', '2026-03-01 08:00:00+00');
-- @case elle est prouvée depuis
-- @silent
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), 'preuve-b', 'REGLE', '1.0.0', 'INERTE', 'CRITICAL', 'détail', 'view', '[]', '2026-03-01 08:00:00+00');
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), 'preuve-b', 'REGLE', '1.0.0', 'PROUVEE', 'CRITICAL', 'détail', 'view', '[]', '2026-03-01 08:01:00+00');
-- @case sur la base vide d’un paquet : pour les sources de ce paquet
-- @fires preuve-p/REGLE/reference {"source": "preuve-p", "proved_on": "reference", "verdict": "INADAPTEE"}
SELECT set_config('governance.system', 'scan', true);
INSERT INTO watched_source (source, pack, interval_s) VALUES ('preuve-p', 'preuve', 60), ('preuve-q', 'preuve', NULL);
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, pack, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), '', 'preuve', 'REGLE', '1.0.0', 'INADAPTEE', 'CRITICAL', 'détail', 'rule', '[]', '2026-03-01 08:00:00+00');
INSERT INTO integrity_rule_proof (id, source, pack, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), '', 'autre', 'REGLE', '1.0.0', 'PROUVEE', 'CRITICAL', 'détail', 'rule', '[]', '2026-03-01 08:01:00+00');
-- @case ce qu’on en savait est oublié
-- @silent
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), 'preuve-b', 'REGLE', '1.0.0', 'OUBLIEE', 'CRITICAL', 'détail', 'view', '[]', '2026-03-01 08:01:00+00');
-- @case elle ne se lit même pas dans la vue : chaque contrôle le dit
-- @silent
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), 'preuve-b', 'REGLE', '1.0.0', 'IMPOSSIBLE', 'WARN', 'division by zero', 'view', '[{"name": "cas", "verdict": "IMPOSSIBLE", "detail": "division by zero", "unread": true}]', '2026-03-01 08:00:00+00');
-- @case la règle échoue, que la vue n’a pas
-- @fires preuve-b/REGLE {"verdict": "IMPOSSIBLE"}
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), 'preuve-b', 'REGLE', '1.0.0', 'IMPOSSIBLE', 'WARN', 'division by zero', 'rule', '[{"name": "cas", "verdict": "IMPOSSIBLE", "detail": "division by zero", "unread": true}]', '2026-03-01 08:00:00+00');
-- @case elle se lit, et un cas est refusé
-- @fires preuve-b/REGLE {"verdict": "IMPOSSIBLE"}
SELECT set_config('governance.system', 'proofs', true);
INSERT INTO integrity_rule_proof (id, source, code, version, verdict, severity, detail, through, cases, proved_at)
VALUES (gen_random_uuid(), 'preuve-b', 'REGLE', '1.0.0', 'IMPOSSIBLE', 'WARN', 'division by zero', 'view', '[{"name": "cas", "verdict": "IMPOSSIBLE", "detail": "division by zero", "unread": false}]', '2026-03-01 08:00:00+00');
