-- Identities that several rows share; the five most frequent, and how many there are.
SELECT left(check_code, 80), left(entity_type, 80), left(entity_id, 80), n,
       count(*) OVER (), sum(n) OVER ()
FROM (
  SELECT check_code::text, entity_type::text, entity_id::text, count(*) AS n
  FROM {view}
  GROUP BY 1, 2, 3
  HAVING count(*) > 1
) AS shared
ORDER BY n DESC, 1, 2, 3
LIMIT 5
