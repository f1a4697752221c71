-- Episodes that began between two entries, by source and rule.
SELECT source, check_code, count(*)
FROM ledger_entry
WHERE action IN ('alert.open', 'alert.reopen') AND source = ANY (%(sources)s)
  AND seq BETWEEN %(low)s AND %(high)s
GROUP BY source, check_code
