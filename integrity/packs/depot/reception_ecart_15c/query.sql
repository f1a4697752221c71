-- Validated receptions whose 15 °C volume is too far from the ambient one.
--
-- The real system has two columns for one fact; the one that differs most is judged, because either
-- may be the one that a report adds up (GREATEST ignores a missing one). A reception without any
-- 15 °C volume says nothing here.
--
-- The comparison stays in floating point for the sake of millions of rows; a microlitre absorbs its
-- noise, so that exactly the threshold is not beyond it. densite_a_15 holds the observed density.
SELECT
    r.id AS entity_id,
    c.nom AS citerne,
    p.nom AS produit,
    r.proprietaire_type AS proprietaire,
    t.plaque_camion,
    r.date_reception,
    r.volume_ambiant,
    j.volume_15c,
    j.volume_15c::numeric - r.volume_ambiant::numeric AS ecart_l,
    (j.volume_15c::numeric - r.volume_ambiant::numeric) * 100
        / nullif(r.volume_ambiant::numeric, 0) AS ecart_pct,
    r.temperature_ambiante_c AS temperature_c,
    r.densite_a_15 AS densite_observee,
    r.created_at AS detected_at
FROM receptions AS r
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN r.volume_corrige_15c IS NULL
                OR abs(r.volume_15c - r.volume_ambiant)
                    > abs(r.volume_corrige_15c - r.volume_ambiant)
            THEN r.volume_15c
            ELSE r.volume_corrige_15c
        END AS volume_15c
) AS j
JOIN citernes AS c ON c.id = r.citerne_id
JOIN produits AS p ON p.id = r.produit_id
LEFT JOIN cours_de_route AS t ON t.id = r.cours_de_route_id
WHERE r.statut = 'validee'
  AND greatest(
      abs(r.volume_15c - r.volume_ambiant),
      abs(r.volume_corrige_15c - r.volume_ambiant)
  ) > abs(r.volume_ambiant) * (:seuil_pct / 100.0) + 0.000001
