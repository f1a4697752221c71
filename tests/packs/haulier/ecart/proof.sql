-- @setup
INSERT INTO transit.exploitants
VALUES ('oui-{proof}', 'nom 1 {proof}', true), ('non-{proof}', 'nom 2 {proof}', false);
INSERT INTO transit.articles VALUES ('article-{proof}', 'Article');
INSERT INTO transit.voyages (feuille, exploitant, article, immatriculation, pays, litres)
VALUES ('F-{digits}1', 'oui-{proof}', 'article-{proof}', 'P', 'Zambie', 10),
       ('F-{digits}2', 'non-{proof}', 'article-{proof}', 'P', 'Zambie', 90);
-- @case il manque
-- @fires F-{digits}1 {"manque": 3, "detected_at": "2026-01-05T00:00:00Z"}
INSERT INTO transit.arrivages
VALUES ('un-{proof}', 'F-{digits}1', 'nord', 7, 'validee', '2026-01-05 00:00:00+00');
-- @case il ne manque rien, ou nul ne le doit
-- @silent
INSERT INTO transit.arrivages
VALUES ('un-{proof}', 'F-{digits}1', 'nord', 10, 'validee', '2026-01-05 00:00:00+00'),
       ('deux-{proof}', 'F-{digits}2', 'nord', 1, 'validee', '2026-01-05 00:00:00+00');
