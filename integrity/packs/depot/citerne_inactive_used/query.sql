-- Tanks that are not active and have been used: the last validated movement, one row for each tank.
--
-- The system keeps the status of today only. A tank that served for years and was then retired must
-- not be accused for ever, so only movements recorded lately count; by the date of recording,
-- because a movement may be entered today with the date of last month.
SELECT DISTINCT ON (c.id)
    c.id AS entity_id,
    c.nom AS citerne,
    c.statut,
    m.mouvement,
    p.nom AS produit,
    m.proprietaire_type AS proprietaire,
    m.volume,
    m.date_mouvement,
    m.created_at AS enregistre_le,
    m.created_at AS detected_at
FROM citernes AS c
JOIN (  -- Unprovable: the last condition asks it again
    SELECT
        r.citerne_id,
        r.id,
        'réception' AS mouvement,
        r.produit_id,
        r.proprietaire_type,
        r.volume_ambiant AS volume,
        r.date_reception AS date_mouvement,
        r.created_at
    FROM receptions AS r
    WHERE r.statut = 'validee'
    UNION ALL
    SELECT
        s.citerne_id,
        s.id,  -- Unprovable: only orders movements of one instant
        'sortie',
        s.produit_id,
        s.proprietaire_type,
        s.volume_ambiant,
        s.date_sortie,
        s.created_at
    FROM sorties_produit AS s
    WHERE s.statut = 'validee'
) AS m ON m.citerne_id = c.id
JOIN produits AS p ON p.id = m.produit_id  -- Unprovable: a foreign key that is never null
WHERE c.statut <> 'active'
  AND m.created_at > now() - :fenetre
ORDER BY c.id, m.created_at DESC, m.id
