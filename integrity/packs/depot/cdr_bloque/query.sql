-- Trucks that have been on their way for too long.
--
-- The system keeps no date for a status: created_at stands for the departure. An index on (statut,
-- created_at) serves the two conditions.
SELECT
    t.id AS entity_id,
    t.plaque_camion,
    t.plaque_remorque,
    t.statut,
    t.transporteur,
    f.nom AS fournisseur,
    t.depart_pays,
    p.nom AS produit,
    t.volume,
    t.created_at AS enregistre_le,
    t.created_at + :delai AS limite,
    t.created_at + :delai AS detected_at
FROM cours_de_route AS t
LEFT JOIN fournisseurs AS f ON f.id = t.fournisseur_id
LEFT JOIN produits AS p ON p.id = t.produit_id
WHERE t.statut IN ('TRANSIT', 'FRONTIERE')
  AND t.created_at < now() - :delai
