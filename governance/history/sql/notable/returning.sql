-- Alerts that came back at least %(times)s times: the alert, how often, and the entry of the last time.
SELECT e.subject_id, count(*), max(e.seq) FROM ledger_entry AS e
WHERE e.action IN ('alert.reopen', 'alert.contradict', 'alert.resume', 'alert.withdraw.resolve')
  AND e.subject_type = 'alert' AND e.seq BETWEEN %(low)s AND %(high)s AND e.source = ANY (%(sources)s)
GROUP BY e.subject_id HAVING count(*) >= %(times)s
ORDER BY count(*) DESC, max(e.seq) DESC LIMIT %(limit)s
