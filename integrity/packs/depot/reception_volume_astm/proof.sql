-- Proof of RECEPTION_VOLUME_ASTM. At 15 °C the factor is exactly 1, so that thresholds can be met to
-- the hundredth: 20 000 L allow 5 L, 1 000 L allow 0.5 L. The other figures are those of
-- integrity/volumetrics/standard.py.

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
INSERT INTO cours_de_route (id, plaque_camion, statut)
VALUES ('00000000-0000-4000-8000-00000000e001', '1234AB/05', 'DECHARGE'),
       ('00000000-0000-4000-8000-00000000e002', '9999AB/05', 'DECHARGE');

-- @case exactement 5 L, en plus et en moins, et exactement 0,05 %
-- @silent
INSERT INTO receptions
    (citerne_id, produit_id, volume_ambiant, volume_corrige_15c, temperature_ambiante_c,
     densite_a_15)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        20000, 20005, 15, 840),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        20000, 19995, 15, 840),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        1000, 1000.5, 15, 840);

-- @case à peine plus de 5 L
-- @fires 00000000-0000-4000-8000-00000000f001
--     {"volume_norme": 20000, "ecart_l": 5.01, "tolerance": 5, "facteur": 1, "densite_15c": 840,
--     "plaque_camion": null, "motif": "écart au-delà de la tolérance"}
-- @fires 00000000-0000-4000-8000-00000000f002 {"ecart_l": -5.01}
INSERT INTO receptions
    (id, citerne_id, produit_id, volume_ambiant, volume_corrige_15c, temperature_ambiante_c,
     densite_a_15)
VALUES ('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 20000, 20005.01, 15, 840),
       ('00000000-0000-4000-8000-00000000f002', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 20000, 19994.99, 15, 840);

-- @case à peine plus de 0,05 % d’un petit volume
-- @fires 00000000-0000-4000-8000-00000000f001 {"tolerance": 0.5}
INSERT INTO receptions
    (id, citerne_id, produit_id, volume_ambiant, volume_corrige_15c, temperature_ambiante_c,
     densite_a_15)
VALUES ('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 1000, 1000.501, 15, 840);

-- @case conforme à la norme, gasoil et essence
-- @silent
INSERT INTO receptions
    (citerne_id, produit_id, volume_ambiant, volume_corrige_15c, temperature_ambiante_c,
     densite_a_15)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        20000, 19915.59, 20, 837),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        20000, 19674.47, 28, 720);

-- @case ce que le constat porte ; la densité est celle observée, pas celle à 15 °C
-- @fires 00000000-0000-4000-8000-00000000f001
--     {"citerne": "Citerne 1 {proof}", "produit": "Produit 1 {proof}", "proprietaire": "MONALUXE",
--     "plaque_camion": "1234AB/05", "date_reception": "2026-01-02T09:00:00Z",
--     "volume_ambiant": 20000, "temperature_c": 20, "densite_observee": 837,
--     "volume_15c": 19900, "densite_15c": 840.55, "facteur": 0.995779, "volume_norme": 19915.59,
--     "ecart_l": -15.59, "tolerance": 5, "detected_at": "2026-01-03T10:00:00Z"}
-- @fires 00000000-0000-4000-8000-00000000f002 {"volume_15c": 19900}
-- @fires 00000000-0000-4000-8000-00000000f003 {"volume_15c": 20300}
-- @fires 00000000-0000-4000-8000-00000000f004 {"volume_15c": 20300}
-- @fires 00000000-0000-4000-8000-00000000f005 {"volume_15c": 19700}
-- @fires 00000000-0000-4000-8000-00000000f006 {"volume_15c": 20300}
-- @fires 00000000-0000-4000-8000-00000000f007 {"volume_15c": 19600}
INSERT INTO receptions
    (id, cours_de_route_id, citerne_id, produit_id, volume_ambiant, volume_15c, volume_corrige_15c,
     temperature_ambiante_c, densite_a_15, date_reception, created_at)
VALUES ('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000e001',
        '00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        20000, NULL, 19900, 20, 837, '2026-01-02 09:00:00+00', '2026-01-03 10:00:00+00');
INSERT INTO receptions
    (id, citerne_id, produit_id, volume_ambiant, volume_15c, volume_corrige_15c,
     temperature_ambiante_c, densite_a_15)
VALUES ('00000000-0000-4000-8000-00000000f002', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 20000, 19900, NULL, 20, 837),
       ('00000000-0000-4000-8000-00000000f003', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 20000, 20300, 19915.59, 20, 837),
       ('00000000-0000-4000-8000-00000000f004', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 20000, 19915.59, 20300, 20, 837),
       ('00000000-0000-4000-8000-00000000f005', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 20000, 20200, 19700, 20, 837),
       ('00000000-0000-4000-8000-00000000f006', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 20000, 19700, 20300, 20, 837),
       ('00000000-0000-4000-8000-00000000f007', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 20000, 19600, 20300, 20, 837);

-- @case hors du domaine de la norme : une virgule déplacée
-- @fires 00000000-0000-4000-8000-00000000f001
--     {"volume_norme": null, "ecart_l": null, "motif": "valeurs hors du domaine de la norme"}
-- @fires 00000000-0000-4000-8000-00000000f002 {"motif": "valeurs hors du domaine de la norme"}
-- @fires 00000000-0000-4000-8000-00000000f003 {"motif": "valeurs hors du domaine de la norme"}
INSERT INTO receptions
    (id, citerne_id, produit_id, volume_ambiant, volume_corrige_15c, temperature_ambiante_c,
     densite_a_15)
VALUES ('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 20000, 19915.59, 20, 83.7),
       ('00000000-0000-4000-8000-00000000f002', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 20000, 19915.59, 200, 837),
       ('00000000-0000-4000-8000-00000000f003', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 20000, 19915.59, 20, 0);

-- @case rien à comparer : rejetée, sans densité, sans température, sans volume à 15 °C
-- @silent
INSERT INTO receptions
    (citerne_id, produit_id, statut, volume_ambiant, volume_corrige_15c, temperature_ambiante_c,
     densite_a_15)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'rejetee', 20000, 15000, 20, 837),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 20000, 15000, 20, NULL),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 20000, 15000, NULL, 837),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 20000, NULL, 20, 837);
