-- Longest times without a complete scan, from %(hours)s hours on: source, from when, until when (null: it lasts).
SELECT source, at, next_at FROM (
  SELECT source, at, lead(at) OVER (PARTITION BY source ORDER BY seq) AS next_at
  FROM ledger_entry
  WHERE action = 'scan.complete' AND source = ANY (%(scanned)s) AND seq BETWEEN %(low)s AND %(high)s
) AS scans
WHERE coalesce(next_at, %(until)s) - at > make_interval(hours => %(hours)s)
ORDER BY coalesce(next_at, %(until)s) - at DESC LIMIT %(limit)s
