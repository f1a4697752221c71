-- By source the longest time between two complete scans, the period's edges counted as scans.
WITH looked AS (
  SELECT source, at FROM ledger_entry
  WHERE seq BETWEEN %(low)s AND %(high)s AND action = 'scan.complete' AND source = ANY (%(scanned)s)
  UNION ALL
  SELECT source, edge FROM unnest(%(scanned)s::text[]) AS source,
    unnest(ARRAY[%(since)s, %(until)s]::timestamptz[]) AS edge
), silent AS (
  SELECT source, lead(at) OVER (PARTITION BY source ORDER BY at) - at AS lasted FROM looked
)
SELECT source, max(lasted) FROM silent GROUP BY source ORDER BY source
