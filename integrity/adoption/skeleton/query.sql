-- One SELECT: entity_id, detected_at, and one column for each key of [payload]. Thresholds are :name.
SELECT
    p.id AS entity_id,
    p.lecteur,
    p.echeance,
    p.echeance + :delai AS detected_at
FROM prets AS p
WHERE p.rendu_le IS NULL
  AND p.echeance < now() - :delai
