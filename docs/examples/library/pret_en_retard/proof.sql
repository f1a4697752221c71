-- Proof of PRET_EN_RETARD.
-- @setup
INSERT INTO lecteurs (carte, nom) VALUES ('lecteur-{proof}', 'Lecteur'), ('autre-{proof}', 'Autre lecteur');
INSERT INTO exemplaires (cote, titre) VALUES ('cote-{proof}', 'Titre'), ('autre-{proof}', 'Autre titre');
-- @case une microseconde de trop
-- @fires pret-{proof} {"titre": "Titre", "lecteur": "Lecteur", "severity": "WARN"}
INSERT INTO prets (numero, cote, carte, prete_le, echeance)
VALUES ('pret-{proof}', 'cote-{proof}', 'lecteur-{proof}', now() - interval '30 days', now() - interval '48 hours 1 microsecond');
-- @case à une date connue
-- @fires pret-{proof} {"echeance": "2026-01-05T00:00:00Z", "detected_at": "2026-01-07T00:00:00Z"}
INSERT INTO prets (numero, cote, carte, prete_le, echeance)
VALUES ('pret-{proof}', 'cote-{proof}', 'lecteur-{proof}', '2026-01-01 00:00:00+00', '2026-01-05 00:00:00+00');
-- @case exactement au seuil
-- @silent
INSERT INTO prets (numero, cote, carte, prete_le, echeance)
VALUES ('pret-{proof}', 'cote-{proof}', 'lecteur-{proof}', now() - interval '30 days', now() - interval '48 hours');
-- @case rendu en retard
-- @silent
INSERT INTO prets (numero, cote, carte, prete_le, echeance, rendu_le)
VALUES ('pret-{proof}', 'cote-{proof}', 'lecteur-{proof}', now() - interval '30 days', now() - interval '9 days', now());
