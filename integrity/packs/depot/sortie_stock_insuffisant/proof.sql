-- Proof of SORTIE_STOCK_INSUFFISANT: one owner's stock, movement by movement.

-- @setup
INSERT INTO depots (id, nom) VALUES ('00000000-0000-4000-8000-00000000a001', 'Preuve {proof}');
INSERT INTO produits (id, nom, code)
VALUES ('00000000-0000-4000-8000-00000000b001', 'Produit 1 {proof}', 'PREUVE-1 {proof}'),
       ('00000000-0000-4000-8000-00000000b002', 'Produit 2 {proof}', 'PREUVE-2 {proof}');
INSERT INTO citernes (id, depot_id, nom, capacite_totale, produit_id)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000a001',
        'Citerne 1 {proof}', 500000, '00000000-0000-4000-8000-00000000b001'),
       ('00000000-0000-4000-8000-00000000c002', '00000000-0000-4000-8000-00000000a001',
        'Citerne 2 {proof}', 500000, '00000000-0000-4000-8000-00000000b001');
INSERT INTO clients (id, nom)
VALUES ('00000000-0000-4000-8000-00000000d001', 'Client 1 {proof}'),
       ('00000000-0000-4000-8000-00000000d002', 'Client 2 {proof}');
INSERT INTO partenaires (id, nom)
VALUES ('00000000-0000-4000-8000-00000000d003', 'Partenaire 1 {proof}'),
       ('00000000-0000-4000-8000-00000000d004', 'Partenaire 2 {proof}');
INSERT INTO receptions (citerne_id, produit_id, volume_ambiant, date_reception)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        1000, '2026-01-01 08:00:00+00');

-- @case tout le stock, au litre près
-- @silent
INSERT INTO sorties_produit (citerne_id, produit_id, statut, volume_ambiant, date_sortie)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 1000, '2026-01-01 09:00:00+00');

-- @case exactement la tolérance, que la virgule flottante dépasse un peu
-- @silent
INSERT INTO sorties_produit (citerne_id, produit_id, statut, volume_ambiant, date_sortie)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 900, '2026-01-01 09:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 100.01, '2026-01-01 10:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b002',
        'validee', 0.010001, '2026-01-01 10:00:00+00');

-- @case juste au-delà de la tolérance
-- @fires 00000000-0000-4000-8000-00000000f001
--     {"volume": 1000.01, "stock_avant": 1000, "manque": 0.01, "destinataire": null}
INSERT INTO sorties_produit
    (id, citerne_id, produit_id, statut, volume_ambiant, date_sortie)
VALUES ('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 1000.010005,
        '2026-01-01 09:00:00+00');

-- @case ce que le constat porte, plusieurs jours après
-- @fires 00000000-0000-4000-8000-00000000f002
--     {"citerne": "Citerne 1 {proof}", "produit": "Produit 1 {proof}", "proprietaire": "MONALUXE",
--     "destinataire": "Client 1 {proof}", "plaque_camion": "1234AB/05",
--     "date_sortie": "2026-01-05T12:00:00Z", "volume": 700, "stock_avant": 400, "manque": 300,
--     "detected_at": "2026-01-05T13:00:00Z"}
-- @fires 00000000-0000-4000-8000-00000000f003
--     {"destinataire": "Partenaire 1 {proof}", "volume": 50, "stock_avant": -300, "manque": 350}
INSERT INTO sorties_produit
    (id, citerne_id, produit_id, client_id, partenaire_id, statut, volume_ambiant, plaque_camion,
     date_sortie, created_at)
VALUES ('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', '00000000-0000-4000-8000-00000000d001', NULL,
        'validee', 600, '1234AB/05', '2026-01-03 12:00:00+00', '2026-01-03 13:00:00+00'),
       ('00000000-0000-4000-8000-00000000f002', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', '00000000-0000-4000-8000-00000000d001',
        '00000000-0000-4000-8000-00000000d003', 'validee', 700, '1234AB/05',
        '2026-01-05 12:00:00+00', '2026-01-05 13:00:00+00'),
       ('00000000-0000-4000-8000-00000000f003', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', NULL, '00000000-0000-4000-8000-00000000d003',
        'validee', 50, NULL, '2026-01-06 12:00:00+00', '2026-01-06 13:00:00+00');

-- @case plusieurs mouvements chaque jour
-- @fires 00000000-0000-4000-8000-00000000f001 {"volume": 200, "stock_avant": 100, "manque": 100}
INSERT INTO receptions (citerne_id, produit_id, volume_ambiant, date_reception)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        500, '2026-01-01 09:00:00+00');
INSERT INTO sorties_produit
    (id, citerne_id, produit_id, statut, volume_ambiant, date_sortie)
VALUES (gen_random_uuid(), '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 300, '2026-01-01 10:00:00+00'),
       (gen_random_uuid(), '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 400, '2026-01-01 11:00:00+00'),
       (gen_random_uuid(), '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 700, '2026-01-02 10:00:00+00'),
       ('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 200, '2026-01-03 00:00:00+00');

-- @case la réception du même jour est arrivée après, celle d’un autre jour aussi
-- @fires 00000000-0000-4000-8000-00000000f001 {"stock_avant": 1000, "manque": 500}
INSERT INTO sorties_produit
    (id, citerne_id, produit_id, statut, volume_ambiant, date_sortie)
VALUES ('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 1500, '2026-01-02 09:00:00+00'),
       ('00000000-0000-4000-8000-00000000f002', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 1500, '2026-01-03 09:00:00+00');
INSERT INTO receptions (citerne_id, produit_id, volume_ambiant, date_reception)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        2000, '2026-01-02 10:00:00+00');

-- @case la réception est arrivée avant, le même jour ou au même instant
-- @silent
INSERT INTO sorties_produit (citerne_id, produit_id, statut, volume_ambiant, date_sortie)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 1500, '2026-01-02 11:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 1500, '2026-01-03 00:00:00+00');
INSERT INTO receptions (citerne_id, produit_id, volume_ambiant, date_reception)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        500, '2026-01-02 10:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        1500, '2026-01-03 00:00:00+00');

-- @case le stock d’un autre propriétaire, produit ou citerne ne compte pas, un rejet non plus
-- @fires 00000000-0000-4000-8000-00000000f001 {"stock_avant": 1000, "manque": 200}
INSERT INTO receptions
    (citerne_id, produit_id, partenaire_id, proprietaire_type, statut, volume_ambiant,
     date_reception)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        '00000000-0000-4000-8000-00000000d003', 'PARTENAIRE', 'validee', 5000,
        '2026-01-02 08:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b002',
        NULL, 'MONALUXE', 'validee', 5000, '2026-01-02 08:00:00+00'),
       ('00000000-0000-4000-8000-00000000c002', '00000000-0000-4000-8000-00000000b001',
        NULL, 'MONALUXE', 'validee', 5000, '2026-01-02 08:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        NULL, 'MONALUXE', 'rejetee', 5000, '2026-01-02 08:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        NULL, 'MONALUXE', 'rejetee', 5000, '2026-01-01 07:00:00+00');
INSERT INTO sorties_produit
    (id, citerne_id, produit_id, proprietaire_type, statut, volume_ambiant, date_sortie)
VALUES ('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'MONALUXE', 'validee', 1200,
        '2026-01-02 09:00:00+00'),
       (gen_random_uuid(), '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'PARTENAIRE', 'validee', 10,
        '2026-01-02 08:30:00+00'),
       (gen_random_uuid(), '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b002', 'MONALUXE', 'validee', 10,
        '2026-01-02 08:30:00+00'),
       (gen_random_uuid(), '00000000-0000-4000-8000-00000000c002',
        '00000000-0000-4000-8000-00000000b001', 'MONALUXE', 'validee', 10,
        '2026-01-02 08:30:00+00'),
       (gen_random_uuid(), '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'MONALUXE', 'rejetee', 10,
        '2026-01-02 08:30:00+00'),
       (gen_random_uuid(), '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'MONALUXE', 'brouillon', 10,
        '2026-01-01 09:30:00+00');

-- @case les sorties d’un autre propriétaire, produit ou citerne n’enlèvent rien
-- @silent
INSERT INTO receptions
    (citerne_id, produit_id, partenaire_id, proprietaire_type, volume_ambiant, date_reception)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        '00000000-0000-4000-8000-00000000d003', 'PARTENAIRE', 800, '2026-01-01 08:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b002',
        NULL, 'MONALUXE', 800, '2026-01-01 08:00:00+00'),
       ('00000000-0000-4000-8000-00000000c002', '00000000-0000-4000-8000-00000000b001',
        NULL, 'MONALUXE', 800, '2026-01-01 08:00:00+00');
INSERT INTO sorties_produit
    (citerne_id, produit_id, proprietaire_type, statut, volume_ambiant, date_sortie)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'PARTENAIRE', 'validee', 800, '2026-01-02 08:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b002',
        'MONALUXE', 'validee', 800, '2026-01-02 08:00:00+00'),
       ('00000000-0000-4000-8000-00000000c002', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', 'validee', 800, '2026-01-02 08:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', 'validee', 800, '2026-01-02 09:00:00+00');

-- @case brouillon et rejet
-- @silent
INSERT INTO sorties_produit (citerne_id, produit_id, statut, volume_ambiant, date_sortie)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'brouillon', 2000, '2026-01-02 09:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'rejetee', 2000, '2026-01-02 09:00:00+00');
