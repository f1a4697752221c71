-- Few tanks and hours, so that instants, trucks and stocks meet; every value may be missing, wrong or absurd.
INSERT INTO depots (id, nom) VALUES ('00000000-0000-4000-8000-00000000a001', 'D');
INSERT INTO produits (nom, code) VALUES ('A', 'A'), ('B', 'B');
INSERT INTO partenaires (nom) VALUES ('P');
INSERT INTO clients (nom) VALUES ('C');
INSERT INTO citernes (depot_id, nom, capacite_totale, produit_id)
SELECT '00000000-0000-4000-8000-00000000a001', 'T' || n, 1e6, (SELECT id FROM produits WHERE code = 'A')
FROM generate_series(1, 4) AS n;
INSERT INTO cours_de_route (plaque_camion, volume) SELECT 'X' || n, 30000 FROM generate_series(1, 300) AS n;
INSERT INTO receptions (cours_de_route_id, citerne_id, produit_id, partenaire_id, proprietaire_type, statut,
  volume_ambiant, volume_15c, volume_corrige_15c, temperature_ambiante_c, densite_a_15, date_reception, created_at)
SELECT CASE WHEN random() > 0.1 THEN truck[1 + floor(random() * 300)] END, tank[1 + floor(random() * 4)],
  product[1 + floor(random() * 2)], partner, CASE WHEN random() > 0.3 THEN 'MONALUXE' ELSE 'PARTENAIRE' END,
  CASE WHEN random() > 0.1 THEN 'validee' ELSE 'rejetee' END, volume,
  CASE WHEN random() > 0.2 THEN volume * (0.97 + random() * 0.06) END,
  CASE WHEN random() > 0.2 THEN volume * (0.9885 + random() * 0.004) END,
  CASE WHEN random() > 0.05 THEN 20 + random() * 12 WHEN random() > 0.5 THEN 200 END,
  CASE WHEN random() > 0.05 THEN 830 + random() * 15 WHEN random() > 0.5 THEN -1 END,
  '2026-01-01'::timestamptz + floor(random() * 50) * interval '1 hour', '2026-02-01'::timestamptz + n * interval '1 s'
FROM (
  SELECT (SELECT array_agg(id ORDER BY plaque_camion) FROM cours_de_route) AS truck,
         (SELECT array_agg(id ORDER BY nom) FROM citernes) AS tank,
         (SELECT array_agg(id ORDER BY code) FROM produits) AS product, (SELECT id FROM partenaires) AS partner
) AS master, LATERAL (SELECT n, 1 + floor(random() * 30000) AS volume FROM generate_series(1, 600) AS n) AS made;
INSERT INTO sorties_produit (citerne_id, produit_id, client_id, partenaire_id, proprietaire_type, statut,
  volume_ambiant, volume_corrige_15c, date_sortie, created_at)
SELECT citerne_id, produit_id, CASE WHEN random() > 0.5 THEN (SELECT id FROM clients) END, partenaire_id, proprietaire_type,
  CASE WHEN random() > 0.2 THEN 'validee' ELSE 'brouillon' END, CASE WHEN random() > 0.05 THEN volume_ambiant * 0.99 END,
  CASE WHEN random() > 0.05 THEN volume_corrige_15c END,
  date_reception + floor(random() * 3 - 1) * interval '1 hour', created_at
FROM receptions;
INSERT INTO stocks_snapshot (citerne_id, produit_id, proprietaire_type, depot_id, stock_ambiant, stock_15c)
SELECT id, produit_id, 'MONALUXE', depot_id, 1000, 990 FROM citernes;
