SELECT
    e.citerne_id AS entity_id,
    c.nom AS citerne,
    p.nom AS produit,
    e.proprietaire_type AS proprietaire,
    e.stock_ambiant,
    e.mouvements_ambiant,
    e.ecart_ambiant,
    e.stock_15c,
    e.mouvements_15c,
    e.ecart_15c,
    greatest(e.updated_at, e.created_at) AS detected_at
FROM (
    SELECT
        citerne_id,
        produit_id,
        proprietaire_type,
        coalesce(v.ambiant, 0) AS stock_ambiant,
        coalesce(v.a_15c, 0) AS stock_15c,
        coalesce(m.ambiant, 0) AS mouvements_ambiant,
        coalesce(m.a_15c, 0) AS mouvements_15c,
        coalesce(v.ambiant, 0)::numeric - coalesce(m.ambiant, 0)::numeric AS ecart_ambiant,
        coalesce(v.a_15c, 0)::numeric - coalesce(m.a_15c, 0)::numeric AS ecart_15c,
        v.updated_at,
        m.created_at
    FROM (
        SELECT
            b.citerne_id,
            b.produit_id,
            b.proprietaire_type,
            b.stock_ambiant_base + b.delta_ambiant_total AS ambiant,
            b.stock_15c_base + b.delta_15c_total AS a_15c,
            b.updated_at
        FROM v_stock_actuel AS b
    ) AS v
    FULL JOIN (
        SELECT
            f.citerne_id,
            f.produit_id,
            f.proprietaire_type,
            sum(f.ambiant) AS ambiant,
            sum(f.a_15c) AS a_15c,
            max(f.created_at) AS created_at
        FROM (
            SELECT
                r.citerne_id,
                r.produit_id,
                r.proprietaire_type,
                r.volume_ambiant AS ambiant,
                coalesce(r.volume_corrige_15c, r.volume_15c) AS a_15c,
                r.created_at
            FROM receptions AS r
            WHERE r.statut = 'validee'
            UNION ALL
            SELECT
                s.citerne_id,
                s.produit_id,
                s.proprietaire_type,
                -s.volume_ambiant,
                -s.volume_corrige_15c,
                s.created_at
            FROM sorties_produit AS s
            WHERE s.statut = 'validee'
        ) AS f
        GROUP BY f.citerne_id, f.produit_id, f.proprietaire_type
    ) AS m USING (citerne_id, produit_id, proprietaire_type)
) AS e
JOIN citernes AS c ON c.id = e.citerne_id  -- Unprovable: a foreign key that is never null
JOIN produits AS p ON p.id = e.produit_id  -- Unprovable: a foreign key that is never null
WHERE abs(e.ecart_ambiant) > :tolerance_l
   OR abs(e.ecart_15c) > :tolerance_l
