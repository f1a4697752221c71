-- Longest times without a complete scan, from %(hours)s hours on: source, from when, until when (null: it lasts).
-- A source has 130 000 scans in 90 days. So each step goes to the last scan within the hours after the one before,
-- and only where there is none to the next: two entries an interval are read, through ledger_entry_source.
WITH RECURSIVE steps (source, seq, at, gone_since) AS (
  SELECT e.source, e.seq, e.at, NULL::timestamptz
  FROM unnest(%(scanned)s::text[]) AS held (source)
  CROSS JOIN LATERAL (
    SELECT f.source, f.seq, f.at FROM ledger_entry AS f
    WHERE f.source = held.source AND f.action = 'scan.complete' AND f.seq BETWEEN %(low)s AND %(high)s
    ORDER BY f.seq LIMIT 1
  ) AS e
  UNION ALL
  SELECT s.source, e.seq, e.at, e.gone_since
  FROM steps AS s
  CROSS JOIN LATERAL (
    (SELECT n.seq, n.at, NULL::timestamptz AS gone_since FROM ledger_entry AS n
     WHERE n.source = s.source AND n.action = 'scan.complete' AND n.seq > s.seq AND n.seq <= least(%(high)s, (
       SELECT l.seq FROM ledger_entry AS l
       WHERE l.at <= s.at + make_interval(hours => %(hours)s) ORDER BY l.at DESC, l.seq DESC LIMIT 1))
     ORDER BY n.seq DESC LIMIT 1)
    UNION ALL
    (SELECT n.seq, n.at, s.at FROM ledger_entry AS n
     WHERE n.source = s.source AND n.action = 'scan.complete' AND n.seq > s.seq AND n.seq <= %(high)s
     ORDER BY n.seq LIMIT 1)
    ORDER BY gone_since NULLS FIRST LIMIT 1
  ) AS e
)
SELECT source, gone_since, until FROM (
  SELECT source, gone_since, at AS until FROM steps WHERE gone_since IS NOT NULL
  UNION ALL
  SELECT source, max(at), NULL FROM steps GROUP BY source
) AS gaps
WHERE coalesce(until, %(until)s) - gone_since > make_interval(hours => %(hours)s)
ORDER BY coalesce(until, %(until)s) - gone_since DESC LIMIT %(limit)s
