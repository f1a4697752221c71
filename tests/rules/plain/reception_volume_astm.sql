SELECT
    j.id AS entity_id,
    c.nom AS citerne,
    p.nom AS produit,
    j.proprietaire_type AS proprietaire,
    t.plaque_camion,
    j.date_reception,
    j.volume_ambiant,
    j.temperature_ambiante_c AS temperature_c,
    j.densite_a_15 AS densite_observee,
    j.volume_inscrit AS volume_15c,
    n.density_15 AS densite_15c,
    n.vcf AS facteur,
    n.volume_15 AS volume_norme,
    j.volume_inscrit - n.volume_15 AS ecart_l,
    j.tolerance,
    CASE
        WHEN n.volume_15 IS NULL THEN 'valeurs hors du domaine de la norme'
        ELSE 'écart au-delà de la tolérance'
    END AS motif,
    j.created_at AS detected_at
FROM (
    SELECT
        r.*,
        least(r.volume_ambiant * (:tolerance_pct / 100.0), :tolerance_l) AS tolerance,
        CASE
            WHEN r.volume_corrige_15c IS NULL
                OR abs(r.volume_15c - r.volume_ambiant)
                    > abs(r.volume_corrige_15c - r.volume_ambiant)
            THEN r.volume_15c
            ELSE r.volume_corrige_15c
        END AS volume_inscrit
    FROM receptions AS r
) AS j
CROSS JOIN LATERAL (:norme) AS n
JOIN citernes AS c ON c.id = j.citerne_id  -- Unprovable: a foreign key that is never null
JOIN produits AS p ON p.id = j.produit_id  -- Unprovable: a foreign key that is never null
LEFT JOIN cours_de_route AS t ON t.id = j.cours_de_route_id
WHERE j.statut = 'validee'
  AND j.densite_a_15 IS NOT NULL
  AND j.temperature_ambiante_c IS NOT NULL
  AND j.volume_inscrit IS NOT NULL
  AND (abs(j.volume_inscrit - n.volume_15) <= j.tolerance) IS NOT TRUE
