-- Active tanks that hold more than their capacity less their safety margin, all owners and products
-- added up; ambient volume, because that is what fills a tank.
--
-- A negative owner does not offset the others. Nobody owns less than nothing, so his books miss a
-- receipt: the tank holds at least what the others have in it, and an overflow is no place for
-- optimism. STOCK_NEGATIF names the negative owner.
--
-- The cast to numeric keeps 15 digits: that is what removes the noise of floating point.
SELECT
    c.id AS entity_id,
    c.nom AS citerne,
    s.total AS stock_total,
    s.monaluxe AS stock_monaluxe,
    s.partenaire AS stock_partenaire,
    c.capacite_totale,
    c.capacite_securite,
    l.capacite_utile,
    s.total - l.capacite_utile AS depassement,
    ceil((s.total - l.capacite_utile) / c.capacite_totale::numeric * 100) AS palier,
    -- The last fact that moved this tank's stock: the data have shown it since then.
    greatest(
        s.updated_at,
        (SELECT max(a.created_at) FROM stocks_adjustments AS a WHERE a.citerne_id = c.id)
    ) AS detected_at
FROM (
    SELECT
        v.citerne_id,
        sum(v.vrai) AS total,
        sum(v.vrai) FILTER (WHERE v.proprietaire_type = 'MONALUXE') AS monaluxe,
        sum(v.vrai) FILTER (WHERE v.proprietaire_type = 'PARTENAIRE') AS partenaire,
        max(greatest(v.updated_at, v.last_movement_at)) AS updated_at
    FROM (
        SELECT
            b.*,
            greatest((b.stock_ambiant_base + b.delta_ambiant_total)::numeric, 0) AS vrai
        FROM v_stock_actuel AS b
    ) AS v
    GROUP BY v.citerne_id
) AS s
JOIN citernes AS c ON c.id = s.citerne_id  -- Unprovable: a foreign key that is never null
CROSS JOIN LATERAL (
    SELECT
        c.capacite_totale::numeric
        - coalesce(c.capacite_securite::numeric, 0)  -- Unprovable: NOT NULL in the reference depot
        AS capacite_utile
) AS l
WHERE c.statut = 'active'
  AND s.total > l.capacite_utile
