-- Decisions that the next scan contradicted.
SELECT e.seq FROM ledger_entry AS e
WHERE e.action = 'alert.contradict' AND e.seq BETWEEN %(low)s AND %(high)s AND e.source = ANY (%(sources)s)
ORDER BY e.seq DESC LIMIT %(limit)s
