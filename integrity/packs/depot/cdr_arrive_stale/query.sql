-- Trucks that have waited too long in ARRIVE for a validated reception.
--
-- The real system keeps no date of arrival: created_at stands for it, as the founding documents
-- say. The comparison leaves created_at alone on its side, so that an index on (statut, created_at)
-- serves it.
SELECT
    t.id AS entity_id,
    t.plaque_camion,
    t.plaque_remorque,
    t.transporteur,
    f.nom AS fournisseur,
    p.nom AS produit,
    t.volume,
    t.created_at AS arrive_le,
    t.created_at + :delai AS limite,
    t.created_at + :delai AS detected_at
FROM cours_de_route AS t
LEFT JOIN fournisseurs AS f ON f.id = t.fournisseur_id
LEFT JOIN produits AS p ON p.id = t.produit_id
WHERE t.statut = 'ARRIVE'
  AND t.created_at < now() - :delai
  AND NOT EXISTS (
      SELECT
      FROM receptions AS r
      WHERE r.cours_de_route_id = t.id
        AND r.statut = 'validee'
  )
