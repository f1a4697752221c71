-- Scans between two entries: per source how many of each outcome.
SELECT source, action, count(*)
FROM ledger_entry
WHERE seq BETWEEN %(low)s AND %(high)s AND source = ANY (%(sources)s)
  AND action IN ('scan.complete', 'scan.failed', 'scan.suspect')
GROUP BY source, action
