-- Proof of RECEPTION_CHAMP_MANQUANT.

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

-- @case sans densité, sans température, sans les deux
-- @fires 00000000-0000-4000-8000-00000000f001
--     {"citerne": "Citerne 1 {proof}", "produit": "Produit 1 {proof}", "proprietaire": "MONALUXE",
--     "plaque_camion": "1234AB/05", "date_reception": "2026-01-02T09:00:00Z",
--     "volume_ambiant": 20000, "manquant": "densité", "temperature_c": 22.5,
--     "densite_observee": null, "detected_at": "2026-01-03T10:00:00Z"}
-- @fires 00000000-0000-4000-8000-00000000f002
--     {"manquant": "température", "temperature_c": null, "densite_observee": 837.5,
--     "plaque_camion": null}
-- @fires 00000000-0000-4000-8000-00000000f003 {"manquant": "densité ni température"}
INSERT INTO receptions
    (id, cours_de_route_id, citerne_id, produit_id, volume_ambiant, temperature_ambiante_c,
     densite_a_15, date_reception, created_at)
VALUES ('00000000-0000-4000-8000-00000000f001', '00000000-0000-4000-8000-00000000e001',
        '00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        20000, 22.5, NULL, '2026-01-02 09:00:00+00', '2026-01-03 10:00:00+00'),
       ('00000000-0000-4000-8000-00000000f002', NULL,
        '00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        20000, NULL, 837.5, '2026-01-02 09:00:00+00', '2026-01-03 10:00:00+00'),
       ('00000000-0000-4000-8000-00000000f003', NULL,
        '00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        20000, NULL, NULL, '2026-01-02 09:00:00+00', '2026-01-03 10:00:00+00');

-- @case rien ne manque, pas même à 0 °C
-- @silent
INSERT INTO receptions
    (citerne_id, produit_id, volume_ambiant, temperature_ambiante_c, densite_a_15)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        20000, 0, 837.5);

-- @case réception rejetée
-- @silent
INSERT INTO receptions (citerne_id, produit_id, statut, volume_ambiant)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000b001',
        'rejetee', 20000);
