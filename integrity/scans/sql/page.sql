-- One page of scans, the newest first: a few rows from the index of each source that the reader holds, so
-- that page 1 000 of a year costs what page 1 costs. `before`: the last scan of the page before.
SELECT scan.*
FROM unnest(%(sources)s::text[]) AS held (slug)
CROSS JOIN LATERAL (
  SELECT *
  FROM integrity_scan
  WHERE source = held.slug
    AND (%(outcome)s = '' OR outcome = %(outcome)s)
    AND number < %(before)s
  ORDER BY number DESC
  LIMIT %(count)s
) AS scan
ORDER BY scan.number DESC
LIMIT %(count)s
