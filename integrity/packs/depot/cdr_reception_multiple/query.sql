-- Trucks with more validated receptions than one. A truck that unloads into two tanks is one too: the
-- runbook says how to tell.
SELECT
    t.id AS entity_id,
    t.plaque_camion,
    f.nom AS fournisseur,
    p.nom AS produit,
    n.nombre,
    n.volume_recu,
    t.volume AS volume_annonce,
    n.premiere,
    n.derniere,
    n.created_at AS detected_at
FROM (
    SELECT
        r.cours_de_route_id,
        count(*) AS nombre,
        sum(r.volume_ambiant) AS volume_recu,
        min(r.date_reception) AS premiere,
        max(r.date_reception) AS derniere,
        max(r.created_at) AS created_at
    FROM receptions AS r
    WHERE r.statut = 'validee'
      -- First which trucks, by their ids alone: that is small, and an index has it.
      AND r.cours_de_route_id IN (
          SELECT o.cours_de_route_id
          FROM receptions AS o
          WHERE o.statut = 'validee'
          GROUP BY o.cours_de_route_id
          HAVING count(*) > :maximum
      )
    GROUP BY r.cours_de_route_id
) AS n
JOIN cours_de_route AS t ON t.id = n.cours_de_route_id  -- Unprovable: a foreign key, and IN leaves out NULL
LEFT JOIN fournisseurs AS f ON f.id = t.fournisseur_id
LEFT JOIN produits AS p ON p.id = t.produit_id
