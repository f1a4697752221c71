-- A generated depot of any size, set-based: no row passes through the client.
--
-- Parameters: movements (healthy ones), anomalies, seed, now, client, partner, supplier.
-- Three years of history. Healthy movements come in pairs, a reception and, before the next one of
-- the same owner's stock, a withdrawal of 10 L less: no stock is ever below zero and none grows
-- over a tank's capacity. One tank per 10 000 healthy movements, six at least.
-- Anomalies go round the five V1 rules; those on stocks have tanks of their own.
-- Keys and figures come from hashes of the row's number and the seed, so a load can be repeated.

CREATE TEMPORARY TABLE large_size AS
SELECT greatest(6, (%(movements)s + 9999) / 10000) AS tanks,
       (%(movements)s + 1) / 2 AS pairs,
       (%(anomalies)s + 4) / 5 AS negative,
       (%(anomalies)s + 3) / 5 AS over_capacity,
       (%(anomalies)s + 2) / 5 AS stale,
       (%(anomalies)s + 1) / 5 AS wrong_receptions,
       %(anomalies)s / 5 AS wrong_withdrawals,
       %(now)s::timestamptz - interval '1095 days' AS start,
       interval '1090 days' AS span;

-- Tanks. kind: healthy, negative or over; n counts within the kind from 0. The depot's own six
-- tanks are the first healthy ones; the others stand in further depots of six.
CREATE TEMPORARY TABLE large_tank AS
SELECT kind,
       n,
       row_number() OVER (ORDER BY kind, n) - 1 AS rank,
       md5(%(seed)s || ':tank:' || kind || ':' || n)::uuid AS id,
       NULL::uuid AS depot_id
FROM large_size,
     LATERAL (
         SELECT 'healthy' AS kind, n FROM generate_series(6, tanks - 1) AS n
         UNION ALL
         SELECT 'negative', n FROM generate_series(0, negative - 1) AS n
         UNION ALL
         SELECT 'over', n FROM generate_series(0, over_capacity - 1) AS n
     ) AS more;

UPDATE large_tank SET depot_id = md5(%(seed)s || ':depot:' || rank / 6)::uuid;

INSERT INTO depots (id, nom, adresse, created_at)
SELECT DISTINCT ON (rank / 6) depot_id, 'Dépôt ' || rank / 6 + 2, 'Généré', start
FROM large_tank, large_size
ORDER BY rank / 6;

INSERT INTO citernes (id, depot_id, nom, capacite_totale, localisation, produit_id, created_at)
SELECT large_tank.id, depot_id, 'TANK' || mod(rank, 6) + 1, 500000, 'Généré', produits.id, start
FROM large_tank, large_size, produits
WHERE produits.code = 'G.O';

INSERT INTO large_tank (kind, n, id, depot_id)
SELECT 'healthy', row_number() OVER (ORDER BY nom) - 1, citernes.id, citernes.depot_id
FROM citernes
WHERE localisation <> 'Généré';

-- Every movement to come, before it is split over the tables: `at_15c` by ASTM D1250 (1980) for
-- `density_15c` and `temperature`, to the half litre, except where `wrong` scales it.
CREATE TEMPORARY TABLE large_movement AS
WITH planned AS (
    -- Both halves of a pair share the hash of the pair: same temperature, same density.
    SELECT CASE half WHEN 0 THEN 'in' ELSE 'out' END AS direction,
           'healthy' AS origin,
           pair AS n,
           'healthy' AS tank_kind,
           mod(pair, tanks) AS tank_n,
           CASE mod(pair / tanks, 2) WHEN 0 THEN 'MONALUXE' ELSE 'PARTENAIRE' END AS owner,
           start + span * ((pair + 0.5 * half) / pairs) AS at,
           30000 + (hashint8extended(pair, %(seed)s) & 8191) - 10 * half AS volume,
           hashint8extended(pair, %(seed)s) AS hash,
           1::double precision AS wrong
    FROM large_size, generate_series(0, pairs - 1) AS pair, generate_series(0, 1) AS half
    WHERE 2 * pair + half < %(movements)s
    UNION ALL
    -- RECEPTION_ECART_15C and SORTIE_ECART_15C: the withdrawal takes out what the reception put
    -- in, wrong 15 °C volume included, so that the stock is not wrong as well.
    SELECT CASE half WHEN 0 THEN 'in' ELSE 'out' END,
           'wrong', k, 'healthy', mod(k, tanks), 'MONALUXE',
           start + span * ((k + 0.5 * half) / wrong_receptions),
           30000, 0, 0.93
    FROM large_size, generate_series(0, wrong_receptions - 1) AS k, generate_series(0, 1) AS half
    WHERE half = 0 OR k < wrong_withdrawals
    UNION ALL
    -- STOCK_NEGATIF: 230 L more out than in.
    SELECT CASE half WHEN 0 THEN 'in' ELSE 'out' END,
           'negative', k, 'negative', k, 'MONALUXE',
           %(now)s::timestamptz - interval '9 days' + half * interval '1 day',
           30000 + 230 * half, 0, 1.0
    FROM large_size, generate_series(0, negative - 1) AS k, generate_series(0, 1) AS half
    UNION ALL
    -- STOCK_OVER_CAPACITY: 260 000 L for each of two owners in 500 000 L.
    SELECT 'in', 'over:' || owner, k, 'over', k, owner,
           %(now)s::timestamptz - interval '8 days', 260000, 0, 1.0
    FROM large_size, generate_series(0, over_capacity - 1) AS k,
         (VALUES ('MONALUXE'), ('PARTENAIRE')) AS owners (owner)
),
measured AS (
    SELECT *,
           18 + ((hash >> 13) & 127) / 10::double precision AS temperature,
           840 + ((hash >> 20) & 63) / 10::double precision AS density_15c
    FROM planned
),
thinned AS (
    SELECT *,
           (186.9696 / density_15c ^ 2 + 0.4862 / density_15c) * (temperature - 15) AS product
    FROM measured
),
corrected AS (
    SELECT *, exp(-product * (1 + 0.8 * product)) AS vcf
    FROM thinned
)
SELECT direction,
       md5(%(seed)s || direction || origin || corrected.n)::uuid AS id,
       md5(%(seed)s || 'truck' || origin || corrected.n)::uuid AS truck_id,
       tank.id AS citerne_id,
       tank.depot_id,
       produits.id AS produit_id,
       owner,
       CASE owner WHEN 'PARTENAIRE' THEN %(partner)s::uuid END AS partenaire_id,
       at,
       volume::double precision,
       round(2 * volume * vcf * wrong) / 2 AS at_15c,
       temperature,
       round((density_15c * vcf)::numeric, 1)::double precision AS density,
       origin,
       corrected.n
FROM corrected
JOIN large_tank AS tank ON tank.kind = tank_kind AND tank.n = tank_n
JOIN produits ON produits.code = 'G.O';

INSERT INTO cours_de_route
    (id, fournisseur_id, depot_destination_id, produit_id, plaque_camion, chauffeur_nom,
     transporteur, depart_pays, date_chargement, volume, statut, created_at)
SELECT truck_id, %(supplier)s::uuid, depot_id, produit_id, 1000 + mod(n, 9000) || 'AB/05',
       'Chauffeur ' || mod(n, 40) + 1, 'Transporteur A', 'Zambie',
       (at - interval '6 days')::date, volume, 'DECHARGE', at - interval '5 days'
FROM large_movement
WHERE direction = 'in';

-- CDR_ARRIVE_STALE.
INSERT INTO cours_de_route
    (id, fournisseur_id, depot_destination_id, produit_id, plaque_camion, chauffeur_nom,
     transporteur, depart_pays, date_chargement, volume, statut, created_at)
SELECT md5(%(seed)s || 'stale' || k)::uuid, %(supplier)s::uuid, citernes.depot_id,
       citernes.produit_id, 1000 + mod(k, 9000) || 'AC/05', 'Chauffeur ' || mod(k, 40) + 1,
       'Transporteur B', 'Tanzanie', (%(now)s::timestamptz - interval '4 days')::date, 38000,
       'ARRIVE', %(now)s::timestamptz - interval '3 days' - mod(k, 1440) * interval '1 minute'
FROM large_size, generate_series(0, stale - 1) AS k, citernes
WHERE citernes.nom = 'TANK1' AND citernes.localisation <> 'Généré';

INSERT INTO receptions
    (id, cours_de_route_id, citerne_id, produit_id, partenaire_id, index_avant, index_apres,
     volume_observe, volume_ambiant, volume_15c, volume_corrige_15c, temperature_ambiante_c,
     densite_a_15, proprietaire_type, statut, date_reception, created_at)
SELECT id, truck_id, citerne_id, produit_id, partenaire_id, 0, volume,
       volume, volume, at_15c, at_15c, temperature,
       density, owner, 'validee', at, at
FROM large_movement
WHERE direction = 'in';

INSERT INTO sorties_produit
    (id, citerne_id, produit_id, client_id, partenaire_id, index_avant, index_apres,
     volume_ambiant, volume_corrige_15c, temperature_ambiante_c, densite_a_15,
     proprietaire_type, statut, date_sortie, created_at)
SELECT id, citerne_id, produit_id, CASE owner WHEN 'MONALUXE' THEN %(client)s::uuid END,
       partenaire_id, 0, volume, volume, at_15c, temperature, density,
       owner, 'validee', at, at
FROM large_movement
WHERE direction = 'out';

-- The snapshot of a tank below zero stops at zero; its adjustment holds the rest.
INSERT INTO stocks_adjustments
    (id, mouvement_type, mouvement_id, delta_ambiant, delta_15c, reason,
     depot_id, citerne_id, produit_id, proprietaire_type, created_at)
SELECT md5(%(seed)s || 'adjustment' || o.n)::uuid, 'SORTIE', o.id, i.volume - o.volume,
       i.at_15c - o.at_15c, 'Sortie supérieure au stock du propriétaire',
       o.depot_id, o.citerne_id, o.produit_id, o.owner, o.at + interval '1 day'
FROM large_movement AS o
JOIN large_movement AS i USING (origin, n)
WHERE origin = 'negative' AND o.direction = 'out' AND i.direction = 'in';

DROP TABLE large_size, large_tank, large_movement;
