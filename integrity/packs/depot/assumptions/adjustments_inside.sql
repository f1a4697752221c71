-- Stocks with an adjustment: how many are by their snapshot alone their validated movements, and how many do not (to a litre).
SELECT
    count(*) FILTER (WHERE abs(s.stock_ambiant - coalesce(m.ambiant, 0)) <= 1) AS follow,
    count(*) FILTER (WHERE abs(s.stock_ambiant - coalesce(m.ambiant, 0)) > 1) AS against
FROM stocks_snapshot AS s
JOIN (
    SELECT citerne_id, produit_id, proprietaire_type, sum(delta_ambiant) AS delta
    FROM stocks_adjustments
    GROUP BY citerne_id, produit_id, proprietaire_type
    HAVING abs(sum(delta_ambiant)) > 1
) AS a USING (citerne_id, produit_id, proprietaire_type)
LEFT JOIN (
    SELECT f.citerne_id, f.produit_id, f.proprietaire_type, sum(f.ambiant) AS ambiant
    FROM (
        SELECT citerne_id, produit_id, proprietaire_type, volume_ambiant AS ambiant
        FROM receptions WHERE statut = 'validee'
        UNION ALL
        SELECT citerne_id, produit_id, proprietaire_type, -volume_ambiant
        FROM sorties_produit WHERE statut = 'validee'
    ) AS f
    GROUP BY f.citerne_id, f.produit_id, f.proprietaire_type
) AS m USING (citerne_id, produit_id, proprietaire_type)
