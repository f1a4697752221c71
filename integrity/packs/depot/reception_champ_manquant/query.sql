-- Validated receptions whose volume at 15 °C nobody can verify. densite_a_15 holds the observed
-- density. A value that is there but absurd is for RECEPTION_VOLUME_ASTM.
SELECT
    r.id AS entity_id,
    c.nom AS citerne,
    p.nom AS produit,
    r.proprietaire_type AS proprietaire,
    t.plaque_camion,
    r.date_reception,
    r.volume_ambiant,
    concat_ws(
        ' ni ',
        CASE WHEN r.densite_a_15 IS NULL THEN 'densité' END,
        CASE WHEN r.temperature_ambiante_c IS NULL THEN 'température' END
    ) AS manquant,
    r.temperature_ambiante_c AS temperature_c,
    r.densite_a_15 AS densite_observee,
    r.created_at AS detected_at
FROM receptions AS r
JOIN citernes AS c ON c.id = r.citerne_id
JOIN produits AS p ON p.id = r.produit_id
LEFT JOIN cours_de_route AS t ON t.id = r.cours_de_route_id
WHERE r.statut = 'validee'
  AND (r.densite_a_15 IS NULL OR r.temperature_ambiante_c IS NULL)
