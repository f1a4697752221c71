-- Stocks below zero, one row for each tank, product and owner; two owners in one tank give two rows
-- with one entity_id.
--
-- base + delta, never stock_ambiant or stock_15c: those are clamped at zero. Rounded to a
-- microlitre, because 100 - 100.01 in floating point is a little below -0.01.
SELECT
    s.citerne_id AS entity_id,
    c.nom AS citerne,
    p.nom AS produit,
    s.proprietaire_type AS proprietaire,
    s.vrai_ambiant AS stock_ambiant,
    s.vrai_15c AS stock_15c,
    s.stock_ambiant AS stock_affiche,
    s.stock_ambiant_base AS instantane_ambiant,
    s.delta_ambiant_total AS ajustements_ambiant,
    c.capacite_totale,
    ceil(-least(s.vrai_ambiant, s.vrai_15c) / :palier_l) * :palier_l AS palier,
    -- The last fact that moved this stock: the data have shown it since then.
    greatest(
        s.updated_at,
        s.last_movement_at,
        (
            SELECT max(a.created_at)
            FROM stocks_adjustments AS a
            WHERE a.citerne_id = s.citerne_id
              AND a.produit_id = s.produit_id
              AND a.proprietaire_type = s.proprietaire_type
        )
    ) AS detected_at
FROM (
    SELECT
        v.*,
        round((v.stock_ambiant_base + v.delta_ambiant_total)::numeric, 6) AS vrai_ambiant,
        round((v.stock_15c_base + v.delta_15c_total)::numeric, 6) AS vrai_15c
    FROM v_stock_actuel AS v
) AS s
JOIN citernes AS c ON c.id = s.citerne_id  -- Unprovable: a foreign key that is never null
JOIN produits AS p ON p.id = s.produit_id  -- Unprovable: a foreign key that is never null
WHERE s.vrai_ambiant < -:seuil_l
   OR s.vrai_15c < -:seuil_l
