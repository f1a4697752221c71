-- Validated receptions whose 15 °C volume is not the standard's for the recorded density and
-- temperature; densite_a_15 holds the observed density. Of the two 15 °C columns, the one that
-- differs most from the ambient volume is judged. A reception without density or temperature is for
-- RECEPTION_CHAMP_MANQUANT; one whose values are outside the standard's domain is named here,
-- because nobody can say that its volume is right.
--
-- "More than 0.05 % or 5 L": the smaller of the two decides. Nearly every reception is right, so a
-- cheap test (surely_right) spares them the standard's iteration (n), which alone decides.
WITH judged AS (
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
)
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
FROM (:presque) AS j
CROSS JOIN LATERAL (:norme) AS n
JOIN citernes AS c ON c.id = j.citerne_id  -- Unprovable: a foreign key that is never null
JOIN produits AS p ON p.id = j.produit_id  -- Unprovable: a foreign key that is never null
LEFT JOIN cours_de_route AS t ON t.id = j.cours_de_route_id
WHERE j.statut = 'validee'
  AND j.densite_a_15 IS NOT NULL
  AND j.temperature_ambiante_c IS NOT NULL
  AND j.volume_inscrit IS NOT NULL
  AND j.surely_right IS NOT TRUE  -- Unprovable: only spares work, the next line decides
  AND (abs(j.volume_inscrit - n.volume_15) <= j.tolerance) IS NOT TRUE
