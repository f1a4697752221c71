-- Validated withdrawals whose 15 °C volume is too far from the ambient one. A withdrawal without one
-- of the two says nothing here.
--
-- The comparison stays in floating point for the sake of millions of rows; a microlitre absorbs its
-- noise, so that exactly the threshold is not beyond it. densite_a_15 holds the observed density.
SELECT
    s.id AS entity_id,
    c.nom AS citerne,
    p.nom AS produit,
    s.proprietaire_type AS proprietaire,
    coalesce(k.nom, a.nom) AS destinataire,
    s.plaque_camion,
    s.date_sortie,
    s.volume_ambiant,
    s.volume_corrige_15c AS volume_15c,
    s.volume_corrige_15c::numeric - s.volume_ambiant::numeric AS ecart_l,
    (s.volume_corrige_15c::numeric - s.volume_ambiant::numeric) * 100
        / nullif(s.volume_ambiant::numeric, 0) AS ecart_pct,
    s.temperature_ambiante_c AS temperature_c,
    s.densite_a_15 AS densite_observee,
    s.created_at AS detected_at
FROM sorties_produit AS s
JOIN citernes AS c ON c.id = s.citerne_id
JOIN produits AS p ON p.id = s.produit_id
LEFT JOIN clients AS k ON k.id = s.client_id
LEFT JOIN partenaires AS a ON a.id = s.partenaire_id
WHERE s.statut = 'validee'
  AND abs(s.volume_corrige_15c - s.volume_ambiant)
      > abs(s.volume_ambiant) * (:seuil_pct / 100.0) + 0.000001
