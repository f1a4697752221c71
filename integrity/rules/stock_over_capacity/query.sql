-- Active tanks that hold more than their capacity less their safety margin, all owners and products
-- added up; ambient volume, because that is what fills a tank.
--
-- A negative owner does not offset the others. Nobody owns less than nothing, so his books miss a
-- receipt: the tank holds at least what the others have in it, and an overflow is no place for
-- optimism. STOCK_NEGATIF names the negative owner.
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
    ceil((s.total - l.capacite_utile) / nullif(c.capacite_totale::numeric, 0) * 100 / :palier_pct)
        * :palier_pct AS palier,
    -- The last fact that moved this tank's stock: the data have shown it since then.
    greatest(
        s.updated_at,
        (SELECT max(a.created_at) FROM stocks_adjustments AS a WHERE a.citerne_id = c.id)
    ) AS detected_at
FROM (
    SELECT
        v.citerne_id,
        sum(v.vrai) AS total,
        coalesce(sum(v.vrai) FILTER (WHERE v.proprietaire_type = 'MONALUXE'), 0) AS monaluxe,
        coalesce(sum(v.vrai) FILTER (WHERE v.proprietaire_type = 'PARTENAIRE'), 0) AS partenaire,
        max(greatest(v.updated_at, v.last_movement_at)) AS updated_at
    FROM (
        SELECT
            b.*,
            greatest(round((b.stock_ambiant_base + b.delta_ambiant_total)::numeric, 6), 0) AS vrai
        FROM v_stock_actuel AS b
    ) AS v
    GROUP BY v.citerne_id
) AS s
JOIN citernes AS c ON c.id = s.citerne_id
CROSS JOIN LATERAL (
    SELECT
        c.capacite_totale::numeric - coalesce(c.capacite_securite::numeric, 0) AS capacite_utile
) AS l
WHERE c.statut = 'active'
  AND s.total > l.capacite_utile
