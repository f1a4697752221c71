-- Proof of CDR_ARRIVE_STALE: now() is one instant for the rows and for the rule.

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

-- @case 48 heures et une microseconde
-- @fires 00000000-0000-4000-8000-00000000e001 {"fournisseur": null, "produit": null}
INSERT INTO cours_de_route (id, statut, created_at)
VALUES ('00000000-0000-4000-8000-00000000e001', 'ARRIVE',
        now() - interval '48 hours 0.000001 seconds');

-- @case exactement 48 heures
-- @silent
INSERT INTO cours_de_route (id, statut, created_at)
VALUES ('00000000-0000-4000-8000-00000000e001', 'ARRIVE', now() - interval '48 hours');

-- @case 47 heures 59
-- @silent
INSERT INTO cours_de_route (id, statut, created_at)
VALUES ('00000000-0000-4000-8000-00000000e001', 'ARRIVE',
        now() - interval '47 hours 59 minutes');

-- @case ce que le constat porte
-- @fires 00000000-0000-4000-8000-00000000e001
--     {"plaque_camion": "1234AB/05", "plaque_remorque": "5678AC/05",
--     "transporteur": "Transporteur 1", "fournisseur": "Fournisseur 1 {proof}", "produit": "Produit 1 {proof}",
--     "volume": 38500.5, "arrive_le": "2026-01-01T06:00:00Z", "limite": "2026-01-03T06:00:00Z",
--     "detected_at": "2026-01-03T06:00:00Z"}
INSERT INTO cours_de_route
    (id, fournisseur_id, produit_id, plaque_camion, plaque_remorque, transporteur, volume, statut,
     created_at)
VALUES ('00000000-0000-4000-8000-00000000e001', '00000000-0000-4000-8000-00000000d001',
        '00000000-0000-4000-8000-00000000b001', '1234AB/05', '5678AC/05', 'Transporteur 1',
        38500.5, 'ARRIVE', '2026-01-01 06:00:00+00');

-- @case une réception rejetée ne compte pas, celle d’un autre camion non plus
-- @fires 00000000-0000-4000-8000-00000000e001
INSERT INTO cours_de_route (id, statut, created_at)
VALUES ('00000000-0000-4000-8000-00000000e001', 'ARRIVE', '2026-01-01 06:00:00+00'),
       ('00000000-0000-4000-8000-00000000e002', 'ARRIVE', '2026-01-01 06:00:00+00');
INSERT INTO receptions (cours_de_route_id, citerne_id, produit_id, statut, volume_ambiant)
VALUES ('00000000-0000-4000-8000-00000000e001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'rejetee', 38000),
       ('00000000-0000-4000-8000-00000000e002', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 38000);

-- @case réception validée
-- @silent
INSERT INTO cours_de_route (id, statut, created_at)
VALUES ('00000000-0000-4000-8000-00000000e001', 'ARRIVE', '2026-01-01 06:00:00+00');
INSERT INTO receptions (cours_de_route_id, citerne_id, produit_id, statut, volume_ambiant)
VALUES ('00000000-0000-4000-8000-00000000e001', '00000000-0000-4000-8000-00000000c001',
        '00000000-0000-4000-8000-00000000b001', 'validee', 38000);

-- @case dans un autre statut depuis longtemps
-- @silent
INSERT INTO cours_de_route (statut, created_at)
VALUES ('CHARGEMENT', '2026-01-01 06:00:00+00'), ('TRANSIT', '2026-01-01 06:00:00+00'),
       ('FRONTIERE', '2026-01-01 06:00:00+00'), ('DECHARGE', '2026-01-01 06:00:00+00');
