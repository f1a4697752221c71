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
    GROUP BY r.cours_de_route_id
    HAVING count(*) > :maximum
) AS n
JOIN cours_de_route AS t ON t.id = n.cours_de_route_id
LEFT JOIN fournisseurs AS f ON f.id = t.fournisseur_id
LEFT JOIN produits AS p ON p.id = t.produit_id
