-- Proof of EXEMPLAIRE_PRETE_DEUX_FOIS.
-- @setup
INSERT INTO lecteurs (carte, nom) VALUES ('lecteur-{proof}', 'Lecteur');
INSERT INTO exemplaires (cote, titre) VALUES ('cote-{proof}', 'Titre'), ('autre-{proof}', 'Autre titre');
INSERT INTO prets (numero, cote, carte, prete_le, echeance)
VALUES ('un-{proof}', 'cote-{proof}', 'lecteur-{proof}', '2026-01-01 00:00:00+00', '2026-01-31 00:00:00+00');
-- @case trois prêts en cours, dans le désordre
-- @fires cote-{proof} {"titre": "Titre", "prets": 3, "severity": "CRITICAL", "detected_at": "2026-01-02T00:00:00Z"}
INSERT INTO prets (numero, cote, carte, prete_le, echeance)
VALUES ('trois-{proof}', 'cote-{proof}', 'lecteur-{proof}', '2026-01-03 00:00:00+00', '2026-01-31 00:00:00+00'),
       ('deux-{proof}', 'cote-{proof}', 'lecteur-{proof}', '2026-01-02 00:00:00+00', '2026-01-31 00:00:00+00');
-- @case deux
-- @fires cote-{proof} {"prets": 2}
INSERT INTO prets (numero, cote, carte, prete_le, echeance)
VALUES ('deux-{proof}', 'cote-{proof}', 'lecteur-{proof}', '2026-01-02 00:00:00+00', '2026-01-31 00:00:00+00');
-- @case le second est rendu
-- @silent
INSERT INTO prets (numero, cote, carte, prete_le, echeance, rendu_le)
VALUES ('deux-{proof}', 'cote-{proof}', 'lecteur-{proof}', '2026-01-02 00:00:00+00', '2026-01-31 00:00:00+00', '2026-01-09 00:00:00+00');
-- @case un autre exemplaire
-- @silent
INSERT INTO prets (numero, cote, carte, prete_le, echeance)
VALUES ('deux-{proof}', 'autre-{proof}', 'lecteur-{proof}', '2026-01-02 00:00:00+00', '2026-01-31 00:00:00+00');
