SELECT
    s.id AS entity_id,
    c.nom AS citerne,
    p.nom AS produit,
    s.proprietaire_type AS proprietaire,
    coalesce(k.nom, a.nom) AS destinataire,
    s.plaque_camion,
    s.date_sortie,
    s.volume_ambiant AS volume,
    d.apres + s.volume_ambiant AS stock_avant,
    -d.apres AS manque,
    s.created_at AS detected_at
FROM (
    SELECT
        m.id,
        sum(m.delta) OVER (
            PARTITION BY m.citerne_id, m.produit_id, m.proprietaire_type
            ORDER BY m.at, m.delta DESC, m.id
        ) AS apres
    FROM (
        SELECT
            r.id,
            r.citerne_id,
            r.produit_id,
            r.proprietaire_type,
            r.date_reception AS at,
            r.volume_ambiant AS delta
        FROM receptions AS r
        WHERE r.statut = 'validee'
        UNION ALL
        SELECT
            s.id,
            s.citerne_id,
            s.produit_id,
            s.proprietaire_type,
            s.date_sortie,
            -s.volume_ambiant
        FROM sorties_produit AS s
        WHERE s.statut = 'validee'
    ) AS m
) AS d
JOIN sorties_produit AS s ON s.id = d.id  -- Unprovable: the next join asks it again
JOIN citernes AS c ON c.id = s.citerne_id
JOIN produits AS p ON p.id = s.produit_id
LEFT JOIN clients AS k ON k.id = s.client_id
LEFT JOIN partenaires AS a ON a.id = s.partenaire_id
WHERE d.apres < -:tolerance_l - 0.000001  -- the noise of floating point
