-- @setup
INSERT INTO transit.exploitants VALUES ('sigle-{proof}', 'nom-{proof}', true);
INSERT INTO transit.articles VALUES ('article-{proof}', 'Article');
-- @case dix jours
-- @fires F-{digits}1
INSERT INTO transit.voyages (feuille, exploitant, article, immatriculation, pays, litres, etape, ouverte_le)
VALUES ('F-{digits}1', 'sigle-{proof}', 'article-{proof}', 'P', 'Zambie', 10, 'TRANSIT', now() - interval '240 hours 1 microsecond');
-- @case pas encore
-- @silent
INSERT INTO transit.voyages (feuille, exploitant, article, immatriculation, pays, litres, etape, ouverte_le)
VALUES ('F-{digits}1', 'sigle-{proof}', 'article-{proof}', 'P', 'Zambie', 10, 'TRANSIT', now() - interval '240 hours');
