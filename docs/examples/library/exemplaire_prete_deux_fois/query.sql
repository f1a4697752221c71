-- Copies with more than one loan that is not back; since the second of them.
SELECT
    e.cote AS entity_id,
    e.titre,
    count(*) AS prets,
    (array_agg(p.prete_le ORDER BY p.prete_le))[2] AS detected_at
FROM exemplaires AS e
JOIN prets AS p ON p.cote = e.cote
WHERE p.rendu_le IS NULL
GROUP BY e.cote, e.titre  -- Unprovable: the first is the key
HAVING count(*) > 1
