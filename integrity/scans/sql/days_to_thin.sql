-- The oldest days (UTC) before `until` that have quiet scans and no summary yet, of every source that was ever scanned. Both
-- sources and days are walked by index look-ups, so that a year that was thinned costs 365 of them and not half a million rows.
WITH RECURSIVE known AS (
  SELECT min(source) AS source FROM integrity_scan
  UNION ALL
  SELECT (SELECT min(s.source) FROM integrity_scan AS s WHERE s.source > known.source) FROM known
  WHERE known.source IS NOT NULL
), days AS (
  SELECT source, (
    SELECT (s.started_at AT TIME ZONE 'UTC')::date FROM integrity_scan AS s
    WHERE s.source = known.source ORDER BY s.number LIMIT 1) AS day
  FROM known WHERE source IS NOT NULL
  UNION ALL
  SELECT source, day + 1 FROM days WHERE day + 1 < %(until)s
)
SELECT source, day FROM days
WHERE day < %(until)s
  AND NOT EXISTS (SELECT FROM scan_summary AS m WHERE m.source = days.source AND m.day = days.day)
  AND EXISTS (SELECT FROM scans_quiet(days.source, days.day))
ORDER BY day, source LIMIT %(count)s
