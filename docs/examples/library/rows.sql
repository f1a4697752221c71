-- A few rows, so that each code and each rule has something to say.
INSERT INTO lecteurs (carte, nom, adresse) VALUES ('L-1', 'Lecteur 1', 'Rue 1'), ('L-2', 'Lecteur 2', NULL);
INSERT INTO exemplaires (cote, titre, etat) VALUES ('E-1', 'Titre 1', 'bon'), ('E-2', 'Titre 2', 'perdu');
INSERT INTO prets (numero, cote, carte, prete_le, echeance) VALUES
    ('P-1', 'E-1', 'L-1', now() - interval '60 days', now() - interval '30 days'),
    ('P-2', 'E-1', 'L-2', now() - interval '2 days', now() + interval '28 days');
INSERT INTO amendes (numero, carte, montant, posee_le) VALUES ('A-1', 'L-1', 2.50, now() - interval '90 days');
INSERT INTO reservations (numero, cote, carte, disponible_le) VALUES ('R-1', 'E-1', 'L-2', now() - interval '10 days');
