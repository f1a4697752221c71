-- Rows that must make the rule fire, and rows that must not. `{proof}` is other in each run, so that no name
-- collides with one that is there.
-- @case une microseconde de trop
-- @fires pret-{proof} {"lecteur": "Lecteur"}
INSERT INTO prets (id, lecteur, echeance) VALUES ('pret-{proof}', 'Lecteur', now() - interval '48 hours 1 microsecond');
-- @case exactement au seuil
-- @silent
INSERT INTO prets (id, lecteur, echeance) VALUES ('pret-{proof}', 'Lecteur', now() - interval '48 hours');
-- @case rendu
-- @silent
INSERT INTO prets (id, lecteur, echeance, rendu_le)
VALUES ('pret-{proof}', 'Lecteur', now() - interval '9 days', now());
