-- Acceptances signed in one go: instant, person, how many. One transaction has one instant (ledger_lock), and `seq`
-- follows the instants: ordered by it, the few decisions of the period are read and not its every entry.
SELECT e.at, e.actor, count(*), min(e.seq) FROM ledger_entry AS e
WHERE e.action IN ('alert.resolve', 'alert.propose') AND e.after ->> 'resolution_decision' = 'ACCEPTE'
  AND e.seq BETWEEN %(low)s AND %(high)s AND e.source = ANY (%(sources)s)
GROUP BY e.at, e.actor HAVING count(*) > 1
ORDER BY min(e.seq) DESC LIMIT %(limit)s
