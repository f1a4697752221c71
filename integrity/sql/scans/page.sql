-- One page of scans, the newest first: a few rows from the index of each source that the reader holds, so
-- that page 1 000 of a year costs what page 1 costs. `at`, `id`: the last scan of the page before.
SELECT scan.*
FROM unnest(%(sources)s::text[]) AS held (slug)
CROSS JOIN LATERAL (
  SELECT *
  FROM integrity_scan
  WHERE source = held.slug
    AND (%(outcome)s = '' OR outcome = %(outcome)s)
    AND started_at <= %(at)s::timestamptz AND (started_at, id) < (%(at)s::timestamptz, %(id)s::uuid)
  ORDER BY started_at DESC, id DESC
  LIMIT %(count)s
) AS scan
ORDER BY scan.started_at DESC, scan.id DESC
LIMIT %(count)s
