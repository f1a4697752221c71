-- Loans that are not back, some time after they were due.
SELECT
    p.numero AS entity_id,
    e.titre,
    l.nom AS lecteur,
    p.echeance,
    p.echeance + :delai AS detected_at
FROM prets AS p
JOIN exemplaires AS e ON e.cote = p.cote
JOIN lecteurs AS l ON l.carte = p.carte
WHERE p.rendu_le IS NULL
  AND p.echeance < now() - :delai
