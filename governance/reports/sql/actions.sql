-- What was done between two entries, by whom, under which role.
SELECT actor, role, action, count(*)
FROM ledger_entry
WHERE seq BETWEEN %(low)s AND %(high)s AND coalesce(source, 'console') = ANY (%(sources)s)
  AND action NOT IN ('alert.seen', 'scan.complete', 'scan.failed', 'scan.suspect')
GROUP BY actor, role, action
ORDER BY actor, role, action
