-- Episodes that began on each local day, and how many sources had a complete scan that day: one index
-- look-up per day and source, though a day has 1 440 scans. A day without a scan proves nothing.
WITH begun AS (
  SELECT (f.at AT TIME ZONE %(zone)s)::date AS day, sum(f.n)::bigint AS episodes
  FROM alert_flow AS f
  WHERE f.measure = 'begun' AND f.concerns = ANY (%(sources)s)
    AND f.at >= %(first)s::timestamp AT TIME ZONE %(zone)s
  GROUP BY 1
)
SELECT d.day::date, coalesce(b.episodes, 0),
  (SELECT count(*) FROM unnest(%(scanned)s::text[]) AS s (source)
   WHERE EXISTS (
     SELECT FROM integrity_scan AS c
     WHERE c.source = s.source AND c.outcome = 'COMPLETE'
       AND c.started_at >= d.day AT TIME ZONE %(zone)s
       AND c.started_at < (d.day + interval '1 day') AT TIME ZONE %(zone)s))
FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') AS d (day)
LEFT JOIN begun AS b ON b.day = d.day::date
ORDER BY d.day
