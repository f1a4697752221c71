-- Proof of CITERNE_INACTIVE_USED.

-- @setup
INSERT INTO depots (id, nom) VALUES ('00000000-0000-4000-8000-00000000a001', 'Preuve {proof}');
INSERT INTO produits (id, nom, code)
VALUES ('00000000-0000-4000-8000-00000000b001', 'Produit 1 {proof}', 'PREUVE-1 {proof}'),
       ('00000000-0000-4000-8000-00000000b002', 'Produit 2 {proof}', 'PREUVE-2 {proof}');
INSERT INTO citernes (id, depot_id, nom, capacite_totale, statut, produit_id)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000a001',
        'Citerne 1 {proof}', 500000, 'inactive', '00000000-0000-4000-8000-00000000b001'),
       ('00000000-0000-4000-8000-00000000c002', '00000000-0000-4000-8000-00000000a001',
        'Citerne 2 {proof}', 500000, 'maintenance', '00000000-0000-4000-8000-00000000b001'),
       ('00000000-0000-4000-8000-00000000c003', '00000000-0000-4000-8000-00000000a001',
        'Citerne 3 {proof}', 500000, 'active', '00000000-0000-4000-8000-00000000b001'),
       ('00000000-0000-4000-8000-00000000c004', '00000000-0000-4000-8000-00000000a001',
        'Citerne 4 {proof}', 500000, 'inactive', '00000000-0000-4000-8000-00000000b001');

-- @case réception sur une citerne inactive, sortie d’une citerne en maintenance
-- @fires 00000000-0000-4000-8000-00000000c001
--     {"citerne": "Citerne 1 {proof}", "statut": "inactive", "mouvement": "réception",
--     "produit": "Produit 1 {proof}", "proprietaire": "MONALUXE", "volume": 38000,
--     "date_mouvement": "2026-01-02T09:00:00Z"}
-- @fires 00000000-0000-4000-8000-00000000c002
--     {"citerne": "Citerne 2 {proof}", "statut": "maintenance", "mouvement": "sortie",
--     "produit": "Produit 2 {proof}", "proprietaire": "MONALUXE", "volume": 20000, "date_mouvement": "2026-01-03T09:00:00Z"}
INSERT INTO receptions (citerne_id, produit_id, volume_ambiant, date_reception)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        38000, '2026-01-02 09:00:00+00');
INSERT INTO sorties_produit (citerne_id, produit_id, statut, volume_ambiant, date_sortie)
VALUES ('00000000-0000-4000-8000-00000000c002', '00000000-0000-4000-8000-00000000b002',
        'validee', 20000, '2026-01-03 09:00:00+00');

-- @case citerne active
-- @silent
INSERT INTO receptions (citerne_id, produit_id, volume_ambiant)
VALUES ('00000000-0000-4000-8000-00000000c003', '00000000-0000-4000-8000-00000000b001', 38000);
INSERT INTO sorties_produit (citerne_id, produit_id, statut, volume_ambiant)
VALUES ('00000000-0000-4000-8000-00000000c003', '00000000-0000-4000-8000-00000000b001',
        'validee', 20000);

-- @case mouvements rejetés, brouillon
-- @silent
INSERT INTO receptions (citerne_id, produit_id, statut, volume_ambiant)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'rejetee', 38000);
INSERT INTO sorties_produit (citerne_id, produit_id, statut, volume_ambiant)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'rejetee', 20000),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'brouillon', 20000);

-- @case enregistré depuis exactement 30 jours
-- @silent
INSERT INTO receptions (citerne_id, produit_id, volume_ambiant, created_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001', 38000,
        now() - interval '720 hours');

-- @case enregistré depuis à peine moins de 30 jours, après un mouvement plus ancien et avant aucun
-- @fires 00000000-0000-4000-8000-00000000c001 {"volume": 38000}
INSERT INTO receptions (citerne_id, produit_id, volume_ambiant, created_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001', 38000,
        now() - interval '719 hours 59 minutes 59 seconds'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001', 39000,
        now() - interval '800 hours');

-- @case plusieurs mouvements : le dernier enregistré
-- @fires 00000000-0000-4000-8000-00000000c001 {"volume": 37000, "mouvement": "sortie"}
INSERT INTO receptions (citerne_id, produit_id, volume_ambiant, created_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001', 38000,
        now() - interval '3 hours');
INSERT INTO sorties_produit (citerne_id, produit_id, statut, volume_ambiant, created_at)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 37000, now() - interval '2 hours'),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 36000, now() - interval '4 hours');
