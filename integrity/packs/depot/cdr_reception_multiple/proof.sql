-- Proof of CDR_RECEPTION_MULTIPLE.

-- @setup
INSERT INTO depots (id, nom) VALUES ('00000000-0000-4000-8000-00000000a001', 'Preuve {proof}');
INSERT INTO produits (id, nom, code)
VALUES ('00000000-0000-4000-8000-00000000b001', 'Produit 1 {proof}', 'PREUVE-1 {proof}'),
       ('00000000-0000-4000-8000-00000000b002', 'Produit 2 {proof}', 'PREUVE-2 {proof}');
INSERT INTO citernes (id, depot_id, nom, capacite_totale, produit_id)
VALUES ('00000000-0000-4000-8000-00000000c001', '00000000-0000-4000-8000-00000000a001',
        'Citerne 1 {proof}', 500000, '00000000-0000-4000-8000-00000000b001');
INSERT INTO fournisseurs (id, nom)
VALUES ('00000000-0000-4000-8000-00000000d001', 'Fournisseur 1 {proof}'),
       ('00000000-0000-4000-8000-00000000d002', 'Fournisseur 2 {proof}');
INSERT INTO cours_de_route (id, fournisseur_id, produit_id, plaque_camion, volume, statut)
VALUES ('00000000-0000-4000-8000-00000000e001', '00000000-0000-4000-8000-00000000d001',
        '00000000-0000-4000-8000-00000000b001', '1234AB/05', 38500.5, 'DECHARGE');
INSERT INTO cours_de_route (id, plaque_camion, volume, statut)
VALUES ('00000000-0000-4000-8000-00000000e002', '9999AB/05', 38000, 'DECHARGE');

-- @case deux réceptions validées
-- @fires 00000000-0000-4000-8000-00000000e001
--     {"plaque_camion": "1234AB/05", "fournisseur": "Fournisseur 1 {proof}", "produit": "Produit 1 {proof}",
--     "nombre": 2, "volume_recu": 58000.5, "volume_annonce": 38500.5,
--     "premiere": "2026-01-02T09:00:00Z", "derniere": "2026-01-04T09:00:00Z",
--     "detected_at": "2026-01-05T10:00:00Z"}
INSERT INTO receptions
    (cours_de_route_id, citerne_id, produit_id, volume_ambiant, date_reception, created_at)
VALUES ('00000000-0000-4000-8000-00000000e001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 38000, '2026-01-04 09:00:00+00',
        '2026-01-04 10:00:00+00'),
       ('00000000-0000-4000-8000-00000000e001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 20000.5, '2026-01-02 09:00:00+00',
        '2026-01-05 10:00:00+00');

-- @case trois réceptions d’un camion sans fournisseur ni produit
-- @fires 00000000-0000-4000-8000-00000000e002
--     {"nombre": 3, "fournisseur": null, "produit": null}
INSERT INTO receptions (cours_de_route_id, citerne_id, produit_id, volume_ambiant)
VALUES ('00000000-0000-4000-8000-00000000e002', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 10000),
       ('00000000-0000-4000-8000-00000000e002', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 10000),
       ('00000000-0000-4000-8000-00000000e002', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 10000);

-- @case une réception chacun, et deux sans camion
-- @silent
INSERT INTO receptions (cours_de_route_id, citerne_id, produit_id, volume_ambiant)
VALUES ('00000000-0000-4000-8000-00000000e001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 38000),
       ('00000000-0000-4000-8000-00000000e002', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 38000),
       (NULL, '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 38000),
       (NULL, '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 38000);

-- @case la seconde est rejetée
-- @silent
INSERT INTO receptions (cours_de_route_id, citerne_id, produit_id, statut, volume_ambiant)
VALUES ('00000000-0000-4000-8000-00000000e001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 38000),
       ('00000000-0000-4000-8000-00000000e001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'rejetee', 38000);

-- @case deux validées, et une rejetée qui ne compte pas
-- @fires 00000000-0000-4000-8000-00000000e001 {"nombre": 2, "volume_recu": 30000}
INSERT INTO receptions (cours_de_route_id, citerne_id, produit_id, statut, volume_ambiant)
VALUES ('00000000-0000-4000-8000-00000000e001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 10000),
       ('00000000-0000-4000-8000-00000000e001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 20000),
       ('00000000-0000-4000-8000-00000000e001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'rejetee', 40000);
