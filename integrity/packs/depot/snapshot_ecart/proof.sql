-- Proof of SNAPSHOT_ECART: movements give 600 L ambient and 590 L at 15 °C.

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
INSERT INTO receptions
    (citerne_id, produit_id, statut, volume_ambiant, volume_15c, volume_corrige_15c, created_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 700, 1, 690, '2026-01-02 00:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 300, 300, NULL, '2026-01-03 00:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'rejetee', 5000, 5000, 5000, '2026-01-09 00:00:00+00');
INSERT INTO sorties_produit
    (citerne_id, produit_id, statut, volume_ambiant, volume_corrige_15c, created_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 400, 400, '2026-01-04 00:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'brouillon', 5000, 5000, '2026-01-09 00:00:00+00'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'rejetee', 5000, 5000, '2026-01-09 00:00:00+00');

-- @case instantané et ajustements égaux aux mouvements
-- @silent
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 500, 570);
INSERT INTO stocks_adjustments
    (mouvement_type, mouvement_id, delta_ambiant, delta_15c, reason, depot_id, citerne_id,
     produit_id, proprietaire_type)
VALUES ('SORTIE', '00000000-0000-4000-8000-000000000001', 100, 20, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'MONALUXE');

-- @case un demi-litre d’écart, de part et d’autre
-- @silent
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 600.5, 589.5);

-- @case à peine plus d’un demi-litre, ambiant
-- @fires 00000000-0000-4000-8000-00000000c001
--     {"citerne": "Citerne 1 {proof}", "produit": "Produit 1 {proof}", "proprietaire": "MONALUXE",
--     "stock_ambiant": 600.5, "mouvements_ambiant": 600, "ecart_ambiant": 0.5,
--     "stock_15c": 590, "mouvements_15c": 590, "ecart_15c": 0,
--     "detected_at": "2026-01-05T00:00:00Z"}
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c, updated_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 600.501, 590,
        '2026-01-05 00:00:00+00');

-- @case ambiant seulement, en moins
-- @fires 00000000-0000-4000-8000-00000000c001 {"ecart_ambiant": -1, "ecart_15c": 0}
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 599, 590);

-- @case à 15 °C seulement, en moins, par un ajustement
-- @fires 00000000-0000-4000-8000-00000000c001
--     {"stock_15c": 589, "ecart_ambiant": 0, "ecart_15c": -1,
--     "detected_at": "2026-01-04T00:00:00Z"}
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c, updated_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 600, 591,
        '2026-01-01 00:00:00+00');
INSERT INTO stocks_adjustments
    (mouvement_type, mouvement_id, delta_ambiant, delta_15c, reason, depot_id, citerne_id,
     produit_id, proprietaire_type)
VALUES ('SORTIE', '00000000-0000-4000-8000-000000000001', 0, -2, 'Cas de preuve',
        '00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'MONALUXE');

-- @case un instantané qui s’est arrêté à zéro
-- @fires 00000000-0000-4000-8000-00000000c001
--     {"proprietaire": "MONALUXE", "ecart_ambiant": 400, "ecart_15c": 400,
--     "stock_ambiant": 0, "mouvements_ambiant": -400, "mouvements_15c": -400}
INSERT INTO sorties_produit
    (citerne_id, produit_id, statut, volume_ambiant, volume_corrige_15c, created_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 1000, 990, '2026-01-04 00:00:00+00');
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'MONALUXE', '00000000-0000-4000-8000-00000000a001', 0, 0);

-- @case des mouvements sans instantané, un instantané sans mouvement
-- @fires 00000000-0000-4000-8000-00000000c001
--     {"proprietaire": "MONALUXE", "stock_ambiant": 0, "stock_15c": 0, "ecart_ambiant": -600,
--     "ecart_15c": -590, "detected_at": "2026-01-04T00:00:00Z"}
-- @fires 00000000-0000-4000-8000-00000000c002
--     {"produit": "Produit 2 {proof}", "proprietaire": "PARTENAIRE", "stock_ambiant": 10,
--     "mouvements_ambiant": 0, "mouvements_15c": 0, "ecart_ambiant": 10, "ecart_15c": 9,
--     "detected_at": "2026-01-05T00:00:00Z"}
INSERT INTO stocks_snapshot
    (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c, updated_at)
VALUES ('00000000-0000-4000-8000-00000000c002', '00000000-0000-4000-8000-00000000b002',
        'PARTENAIRE', '00000000-0000-4000-8000-00000000a001', 10, 9, '2026-01-05 00:00:00+00');

-- @case plusieurs réceptions d’un stock, la dernière plus récente que sa sortie
-- @fires 00000000-0000-4000-8000-00000000c001
--     {"mouvements_ambiant": 1100, "mouvements_15c": 1080, "detected_at": "2026-01-06T00:00:00Z"}
INSERT INTO receptions
    (citerne_id, produit_id, statut, volume_ambiant, volume_corrige_15c, created_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 500, 490, '2026-01-06 00:00:00+00');

-- @case plusieurs sorties d’un stock
-- @fires 00000000-0000-4000-8000-00000000c001
--     {"mouvements_ambiant": 350, "mouvements_15c": 345, "detected_at": "2026-01-07T00:00:00Z"}
INSERT INTO sorties_produit
    (citerne_id, produit_id, statut, volume_ambiant, volume_corrige_15c, created_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 250, 245, '2026-01-07 00:00:00+00');
