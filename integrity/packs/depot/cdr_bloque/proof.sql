-- Proof of CDR_BLOQUE: 10 days are 240 hours.

-- @setup
INSERT INTO produits (id, nom, code)
VALUES ('00000000-0000-4000-8000-00000000b001', 'Produit 1 {proof}', 'PREUVE-1 {proof}'),
       ('00000000-0000-4000-8000-00000000b002', 'Produit 2 {proof}', 'PREUVE-2 {proof}');
INSERT INTO fournisseurs (id, nom)
VALUES ('00000000-0000-4000-8000-00000000d001', 'Fournisseur 1 {proof}'),
       ('00000000-0000-4000-8000-00000000d002', 'Fournisseur 2 {proof}');

-- @case 240 heures et une microseconde, en transit et à la frontière
-- @fires 00000000-0000-4000-8000-00000000e001 {"fournisseur": null, "produit": null}
-- @fires 00000000-0000-4000-8000-00000000e002
INSERT INTO cours_de_route (id, statut, created_at)
VALUES ('00000000-0000-4000-8000-00000000e001', 'TRANSIT',
        now() - interval '240 hours 0.000001 seconds'),
       ('00000000-0000-4000-8000-00000000e002', 'FRONTIERE',
        now() - interval '240 hours 0.000001 seconds');

-- @case exactement 240 heures
-- @silent
INSERT INTO cours_de_route (statut, created_at)
VALUES ('TRANSIT', now() - interval '240 hours'), ('FRONTIERE', now() - interval '240 hours');

-- @case 239 heures 59
-- @silent
INSERT INTO cours_de_route (statut, created_at)
VALUES ('TRANSIT', now() - interval '239 hours 59 minutes');

-- @case ce que le constat porte
-- @fires 00000000-0000-4000-8000-00000000e001
--     {"plaque_camion": "1234AB/05", "plaque_remorque": "5678AC/05", "statut": "FRONTIERE",
--     "transporteur": "Transporteur 1", "fournisseur": "Fournisseur 1 {proof}", "depart_pays": "Zambie",
--     "produit": "Produit 1 {proof}", "volume": 38500.5, "enregistre_le": "2026-01-01T06:00:00Z",
--     "limite": "2026-01-11T06:00:00Z", "detected_at": "2026-01-11T06:00:00Z"}
INSERT INTO cours_de_route
    (id, fournisseur_id, produit_id, plaque_camion, plaque_remorque, transporteur, depart_pays,
     volume, statut, created_at)
VALUES ('00000000-0000-4000-8000-00000000e001', '00000000-0000-4000-8000-00000000d001',
        '00000000-0000-4000-8000-00000000b001', '1234AB/05', '5678AC/05', 'Transporteur 1',
        'Zambie', 38500.5, 'FRONTIERE', '2026-01-01 06:00:00+00');

-- @case dans un autre statut depuis longtemps
-- @silent
INSERT INTO cours_de_route (statut, created_at)
VALUES ('CHARGEMENT', '2026-01-01 06:00:00+00'), ('ARRIVE', '2026-01-01 06:00:00+00'),
       ('DECHARGE', '2026-01-01 06:00:00+00');
