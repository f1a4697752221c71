-- Proof of STOCK_NEGATIF: a snapshot cannot be negative, so an adjustment makes it so.

-- @setup
INSERT INTO depots (id, nom) VALUES ('00000000-0000-4000-8000-00000000a001', 'Preuve {proof}');
INSERT INTO produits (id, nom, code)
VALUES ('00000000-0000-4000-8000-00000000b001', 'Produit 1 {proof}', 'PREUVE-1 {proof}'),
       ('00000000-0000-4000-8000-00000000b002', 'Produit 2 {proof}', 'PREUVE-2 {proof}');
INSERT INTO citernes (id, depot_id, nom, capacite_totale, produit_id)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000a001',
        'Citerne 1 {proof}', 500000, '00000000-0000-4000-8000-00000000b001'),
       ('00000000-0000-4000-8000-00000000c002', '00000000-0000-4000-8000-00000000a001',
        'Citerne 2 {proof}', 300000, '00000000-0000-4000-8000-00000000b001');
-- A house may demand a movement before it notes a stock; a rejected one counts for no rule.
INSERT INTO receptions (citerne_id, produit_id, volume_ambiant, statut)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001', 1, 'rejetee'),
       ('00000000-0000-4000-8000-00000000c002', '00000000-0000-4000-8000-00000000b001', 1, 'rejetee');
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c,
     last_movement_at, updated_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 100, 100,
        '2026-01-05 00:00:00+00', '2026-01-04 00:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'PARTENAIRE', '00000000-0000-4000-8000-00000000a001', 100, 100,
        '2026-01-05 00:00:00+00', '2026-01-06 00:00:00+00');
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c,
     last_movement_at, updated_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b002',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 100, 100,
        '2026-01-04 00:00:00+00', '2026-01-04 00:00:00+00'),
       ('00000000-0000-4000-8000-00000000c002', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 100, 100,
        '2026-01-04 00:00:00+00', '2026-01-04 00:00:00+00');

-- @case ambiant juste sous le seuil
-- @fires 00000000-0000-4000-8000-00000000c001
--     {"citerne": "Citerne 1 {proof}", "produit": "Produit 1 {proof}", "proprietaire": "MONALUXE",
--     "stock_ambiant": -0.02, "stock_15c": 100, "stock_affiche": 0, "instantane_ambiant": 100,
--     "ajustements_ambiant": -100.02, "capacite_totale": 500000, "palier": 100,
--     "detected_at": "2026-01-05T00:00:00Z"}
INSERT INTO stocks_adjustments
    (mouvement_type, mouvement_id, delta_ambiant, delta_15c, reason, depot_id, citerne_id,
     produit_id, proprietaire_type, created_at)
VALUES ('SORTIE', '00000000-0000-4000-8000-000000000001', -100.02, 0, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'MONALUXE', '2026-01-01 00:00:00+00');

-- @case exactement au seuil
-- @silent
INSERT INTO stocks_adjustments
    (mouvement_type, mouvement_id, delta_ambiant, delta_15c, reason, depot_id, citerne_id,
     produit_id, proprietaire_type)
VALUES ('SORTIE', '00000000-0000-4000-8000-000000000001', -100.01, -100.01, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'MONALUXE');

-- @case juste au-dessus du seuil
-- @silent
INSERT INTO stocks_adjustments
    (mouvement_type, mouvement_id, delta_ambiant, delta_15c, reason, depot_id, citerne_id,
     produit_id, proprietaire_type)
VALUES ('SORTIE', '00000000-0000-4000-8000-000000000001', -100.0099, -100.0099, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'MONALUXE');

-- @case à 15 °C seulement, un dixième de millilitre sous le seuil
-- @fires 00000000-0000-4000-8000-00000000c001
--     {"proprietaire": "PARTENAIRE", "stock_ambiant": 100, "stock_15c": -0.01,
--     "stock_affiche": 100, "palier": 100, "detected_at": "2026-01-06T00:00:00Z"}
INSERT INTO stocks_adjustments
    (mouvement_type, mouvement_id, delta_ambiant, delta_15c, reason, depot_id, citerne_id,
     produit_id, proprietaire_type, created_at)
VALUES ('SORTIE', '00000000-0000-4000-8000-000000000001', 0, -100.0101, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'PARTENAIRE', '2026-01-01 00:00:00+00');

-- @case deux propriétaires et un autre produit dans une citerne : trois constats, une identité
-- @fires 00000000-0000-4000-8000-00000000c001
--     {"proprietaire": "MONALUXE", "produit": "Produit 1 {proof}", "stock_ambiant": -130.5,
--     "stock_15c": -120, "palier": 200, "detected_at": "2026-01-07T00:00:00Z"}
-- @fires 00000000-0000-4000-8000-00000000c001
--     {"proprietaire": "PARTENAIRE", "produit": "Produit 1 {proof}", "stock_ambiant": -100,
--     "stock_15c": -200, "palier": 200, "detected_at": "2026-01-08T00:00:00Z"}
-- @fires 00000000-0000-4000-8000-00000000c001
--     {"proprietaire": "MONALUXE", "produit": "Produit 2 {proof}", "stock_ambiant": -100,
--     "stock_15c": -100, "palier": 100, "detected_at": "2026-01-10T00:00:00Z"}
INSERT INTO stocks_adjustments
    (mouvement_type, mouvement_id, delta_ambiant, delta_15c, reason, depot_id, citerne_id,
     produit_id, proprietaire_type, created_at)
VALUES ('SORTIE', '00000000-0000-4000-8000-000000000001', -200, -200, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'MONALUXE', '2026-01-07 00:00:00+00'),
       ('SORTIE', '00000000-0000-4000-8000-000000000001', -30.5, -20, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'MONALUXE', '2026-01-03 00:00:00+00'),
       ('SORTIE', '00000000-0000-4000-8000-000000000002', -200, -300, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'PARTENAIRE', '2026-01-08 00:00:00+00'),
       ('SORTIE', '00000000-0000-4000-8000-000000000003', -200, -200, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b002', 'MONALUXE', '2026-01-10 00:00:00+00'),
       ('SORTIE', '00000000-0000-4000-8000-000000000004', -1, -1, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c002',
        '00000000-0000-4000-8000-00000000b001', 'MONALUXE', '2026-01-12 00:00:00+00');

-- @case un dixième de microlitre sous le seuil n’est que du bruit
-- @silent
INSERT INTO stocks_adjustments
    (mouvement_type, mouvement_id, delta_ambiant, delta_15c, reason, depot_id, citerne_id,
     produit_id, proprietaire_type)
VALUES ('SORTIE', '00000000-0000-4000-8000-000000000001', -100.0100001, -100.0100001, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'MONALUXE');

-- @case chaque volume a son instantané
-- @fires 00000000-0000-4000-8000-00000000c001 {"stock_ambiant": -5, "stock_15c": 90}
UPDATE stocks_snapshot SET stock_15c = 95
WHERE citerne_id = '00000000-0000-4000-8000-00000000c001' AND proprietaire_type = 'MONALUXE'
  AND produit_id = '00000000-0000-4000-8000-00000000b001';
INSERT INTO stocks_adjustments
    (mouvement_type, mouvement_id, delta_ambiant, delta_15c, reason, depot_id, citerne_id,
     produit_id, proprietaire_type)
VALUES ('SORTIE', '00000000-0000-4000-8000-000000000001', -105, -5, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'MONALUXE');
