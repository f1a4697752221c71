-- Proof of STOCK_OVER_CAPACITY: a tank of 300 000 L with a margin of 1 000 L.

-- @setup
INSERT INTO depots (id, nom) VALUES ('00000000-0000-4000-8000-00000000a001', 'Preuve {proof}');
INSERT INTO produits (id, nom, code)
VALUES ('00000000-0000-4000-8000-00000000b001', 'Produit 1 {proof}', 'PREUVE-1 {proof}'),
       ('00000000-0000-4000-8000-00000000b002', 'Produit 2 {proof}', 'PREUVE-2 {proof}');
INSERT INTO citernes
    (id, depot_id, nom, capacite_totale, capacite_securite, statut, produit_id)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000a001',
        'Citerne 1 {proof}', 300000, 1000, 'active', '00000000-0000-4000-8000-00000000b001'),
       ('00000000-0000-4000-8000-00000000c002', '00000000-0000-4000-8000-00000000a001',
        'Citerne 2 {proof}', 1000, 0, 'inactive', '00000000-0000-4000-8000-00000000b001'),
       ('00000000-0000-4000-8000-00000000c003', '00000000-0000-4000-8000-00000000a001',
        'Citerne 3 {proof}', 1000, 0, 'maintenance', '00000000-0000-4000-8000-00000000b001'),
       ('00000000-0000-4000-8000-00000000c004', '00000000-0000-4000-8000-00000000a001',
        'Citerne 4 {proof}', 1000, 0, 'active', '00000000-0000-4000-8000-00000000b001');
-- A house may demand a movement before it notes a stock; a rejected one counts for no rule.
INSERT INTO receptions (citerne_id, produit_id, volume_ambiant, statut)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001', 1, 'rejetee'),
       ('00000000-0000-4000-8000-00000000c002', '00000000-0000-4000-8000-00000000b001', 1, 'rejetee'),
       ('00000000-0000-4000-8000-00000000c003', '00000000-0000-4000-8000-00000000b001', 1, 'rejetee'),
       ('00000000-0000-4000-8000-00000000c004', '00000000-0000-4000-8000-00000000b001', 1, 'rejetee');

-- @case exactement la capacité utile
-- @silent
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 299000, 310000);

-- @case un centilitre de trop
-- @fires 00000000-0000-4000-8000-00000000c001
--     {"stock_total": 299000.01, "depassement": 0.01, "stock_monaluxe": 299000.01,
--     "stock_partenaire": null, "palier": 1, "detected_at": "2026-01-02T00:00:00Z"}
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c,
     last_movement_at, updated_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 299000.01, 0,
        '2026-01-01 00:00:00+00', '2026-01-02 00:00:00+00');

-- @case la moitié de la capacité de trop
-- @fires 00000000-0000-4000-8000-00000000c004 {"depassement": 500, "palier": 50}
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c)
VALUES ('00000000-0000-4000-8000-00000000c004', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 1500, 0);

-- @case un centilitre de moins
-- @silent
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 298999.99, 0);

-- @case trop, mais seulement tous propriétaires et produits additionnés, ajustements compris
-- @fires 00000000-0000-4000-8000-00000000c001
--     {"citerne": "Citerne 1 {proof}", "stock_total": 303420, "stock_monaluxe": 193261,
--     "stock_partenaire": 110159, "capacite_totale": 300000, "capacite_securite": 1000,
--     "capacite_utile": 299000, "depassement": 4420, "palier": 2,
--     "detected_at": "2026-01-08T00:00:00Z"}
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c,
     last_movement_at, updated_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 100000, 0,
        '2026-01-01 00:00:00+00', '2026-01-05 00:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b002',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 93000, 0,
        '2026-01-01 00:00:00+00', '2026-01-03 00:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'PARTENAIRE', '00000000-0000-4000-8000-00000000a001', 110000, 0,
        '2026-01-01 00:00:00+00', '2026-01-04 00:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b002',
        'PARTENAIRE', '00000000-0000-4000-8000-00000000a001', 159, 0,
        '2026-01-01 00:00:00+00', '2026-01-04 00:00:00+00');
INSERT INTO stocks_adjustments
    (mouvement_type, mouvement_id, delta_ambiant, delta_15c, reason, depot_id, citerne_id,
     produit_id, proprietaire_type, created_at)
VALUES ('SORTIE', '00000000-0000-4000-8000-000000000001', 200, 0, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'MONALUXE', '2026-01-07 00:00:00+00'),
       ('SORTIE', '00000000-0000-4000-8000-000000000001', 61, 0, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b002', 'MONALUXE', '2026-01-08 00:00:00+00'),
       ('SORTIE', '00000000-0000-4000-8000-000000000001', 61, 0, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c002',
        '00000000-0000-4000-8000-00000000b002', 'MONALUXE', '2026-01-09 00:00:00+00');

-- @case un propriétaire négatif ne libère pas de place
-- @fires 00000000-0000-4000-8000-00000000c001
--     {"stock_total": 299100, "stock_monaluxe": 299100, "stock_partenaire": 0,
--     "depassement": 100, "detected_at": "2026-01-06T00:00:00Z"}
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c,
     last_movement_at, updated_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 299100, 0,
        '2026-01-06 00:00:00+00', '2026-01-02 00:00:00+00');
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c,
     last_movement_at, updated_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'PARTENAIRE', '00000000-0000-4000-8000-00000000a001', 0, 0,
        '2026-01-05 00:00:00+00', '2026-01-05 00:00:00+00');
INSERT INTO stocks_adjustments
    (mouvement_type, mouvement_id, delta_ambiant, delta_15c, reason, depot_id, citerne_id,
     produit_id, proprietaire_type, created_at)
VALUES ('SORTIE', '00000000-0000-4000-8000-000000000001', -500, 0, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'PARTENAIRE', '2026-01-01 00:00:00+00');

-- @case citernes inactive et en maintenance, pleines
-- @silent
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c)
VALUES ('00000000-0000-4000-8000-00000000c002', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 5000, 0),
       ('00000000-0000-4000-8000-00000000c003', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 5000, 0);
