-- The last scan of each of these sources that read a rule at a time, from the index integrity_scan_by_rule.
SELECT scan.*
FROM unnest(%(sources)s::text[]) AS held (slug)
CROSS JOIN LATERAL (
  SELECT *
  FROM integrity_scan
  WHERE source = held.slug AND readings <> '{}'
  ORDER BY number DESC
  LIMIT 1
) AS scan
