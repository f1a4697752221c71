-- What people promised until a day of the period, and what the record says became of it by the period's end: per
-- decision the next entry that ends or confirms it. A second signature repeats nothing of the proposal that it confirms.
SELECT e.subject_id, e.source, e.check_code, p.until, e.actor, e.seq,
  (SELECT n.action FROM ledger_entry AS n
   WHERE n.subject_type = 'alert' AND n.subject_id = e.subject_id AND n.seq > e.seq AND n.seq <= %(high)s
     AND n.action IN ('alert.confirm', 'alert.resume', 'alert.contradict', 'alert.reopen', 'alert.withdraw.resolve')
   ORDER BY n.seq LIMIT 1)
FROM ledger_entry AS e
CROSS JOIN LATERAL (
  SELECT CASE WHEN e.after ? 'resolution_decision' THEN e.after ->> 'accepted_until' ELSE (
    SELECT b.after ->> 'accepted_until' FROM ledger_entry AS b
    WHERE b.subject_type = 'alert' AND b.subject_id = e.subject_id AND b.seq < e.seq AND b.action = 'alert.propose'
    ORDER BY b.seq DESC LIMIT 1) END AS until
) AS p
WHERE e.action = 'alert.resolve' AND e.seq <= %(high)s AND e.source = ANY (%(sources)s)
  AND p.until::date BETWEEN %(first)s AND %(last)s
ORDER BY p.until, e.seq
LIMIT 200
