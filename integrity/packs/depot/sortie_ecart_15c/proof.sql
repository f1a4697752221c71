-- Proof of SORTIE_ECART_15C: 5 % of 20 000 L are 1 000 L.

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

-- @case un centilitre au-delà de 5 %, en moins, sans destinataire
-- @fires 00000000-0000-4000-8000-00000000f001
--     {"volume_15c": 18999.99, "volume_ambiant": 20000, "ecart_l": -1000.01, "ecart_pct": -5,
--     "destinataire": null}
INSERT INTO sorties_produit
    (id, citerne_id, produit_id, statut, volume_ambiant, volume_corrige_15c)
VALUES ('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 20000, 18999.99);

-- @case un centilitre au-delà de 5 %, en plus
-- @fires 00000000-0000-4000-8000-00000000f001 {"volume_15c": 21000.01, "ecart_l": 1000.01}
INSERT INTO sorties_produit
    (id, citerne_id, produit_id, statut, volume_ambiant, volume_corrige_15c)
VALUES ('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 20000, 21000.01);

-- @case exactement 5 %, de part et d’autre, et là où la virgule flottante en voit un peu plus
-- @silent
INSERT INTO sorties_produit (citerne_id, produit_id, statut, volume_ambiant, volume_corrige_15c)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 20000, 19000),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 20000, 21000),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 39296, 37331.2);

-- @case un centilitre en deçà de 5 %
-- @silent
INSERT INTO sorties_produit (citerne_id, produit_id, statut, volume_ambiant, volume_corrige_15c)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 20000, 19000.01),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 20000, 20999.99);

-- @case ce que le constat porte, pour un client et pour un partenaire
-- @fires 00000000-0000-4000-8000-00000000f001
--     {"citerne": "Citerne 1 {proof}", "produit": "Produit 1 {proof}", "proprietaire": "MONALUXE",
--     "destinataire": "Client 1 {proof}", "plaque_camion": "1234AB/05",
--     "date_sortie": "2026-01-02T09:00:00Z", "volume_ambiant": 20000, "volume_15c": 18000,
--     "ecart_l": -2000, "ecart_pct": -10, "temperature_c": 22.5, "densite_observee": 837.5,
--     "detected_at": "2026-01-03T10:00:00Z"}
-- @fires 00000000-0000-4000-8000-00000000f002
--     {"proprietaire": "PARTENAIRE", "destinataire": "Partenaire 1 {proof}"}
INSERT INTO sorties_produit
    (id, citerne_id, produit_id, client_id, partenaire_id, proprietaire_type, statut,
     volume_ambiant, volume_corrige_15c, temperature_ambiante_c, densite_a_15, plaque_camion,
     date_sortie, created_at)
VALUES ('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', '00000000-0000-4000-8000-00000000d001',
        '00000000-0000-4000-8000-00000000d003', 'MONALUXE', 'validee', 20000, 18000, 22.5, 837.5,
        '1234AB/05', '2026-01-02 09:00:00+00', '2026-01-03 10:00:00+00'),
       ('00000000-0000-4000-8000-00000000f002', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', NULL,
        '00000000-0000-4000-8000-00000000d003', 'PARTENAIRE', 'validee', 20000, 18000, 22.5, 837.5,
        '1234AB/05', '2026-01-02 09:00:00+00', '2026-01-03 10:00:00+00');

-- @case volume ambiant nul
-- @fires 00000000-0000-4000-8000-00000000f001 {"ecart_l": 100, "ecart_pct": null}
INSERT INTO sorties_produit
    (id, citerne_id, produit_id, statut, volume_ambiant, volume_corrige_15c)
VALUES ('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 0, 100);

-- @case ambiant négatif, écart de 4 %
-- @silent
INSERT INTO sorties_produit (citerne_id, produit_id, statut, volume_ambiant, volume_corrige_15c)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', -20000, -19200);

-- @case brouillon, rejet, volumes manquants
-- @silent
INSERT INTO sorties_produit (citerne_id, produit_id, statut, volume_ambiant, volume_corrige_15c)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'brouillon', 20000, 1000),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'rejetee', 20000, 1000),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', 20000, NULL),
       ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'validee', NULL, 20000);

-- @case presque rien : la comparaison ne tolère que le bruit de la virgule flottante
-- @fires 00000000-0000-4000-8000-00000000f002
INSERT INTO sorties_produit (id, citerne_id, produit_id, statut, volume_ambiant, volume_corrige_15c)
VALUES ('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 0, 0.000001),
       ('00000000-0000-4000-8000-00000000f002', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 0, 0.000005);
