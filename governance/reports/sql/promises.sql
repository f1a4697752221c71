-- What people promised until a day of the period, and what the record says became of it by the period's end: per
-- decision the next entry that ends or confirms it. A second signature repeats nothing of the proposal that it confirms.
-- Dated decisions are few among all: ledger_entry_dated has them.
SELECT e.subject_id, e.source, e.check_code, d.after ->> 'accepted_until', e.actor, e.seq,
  (SELECT n.action FROM ledger_entry AS n
   WHERE n.subject_type = 'alert' AND n.subject_id = e.subject_id AND n.seq > e.seq AND n.seq <= %(high)s
     AND n.action IN ('alert.confirm', 'alert.resume', 'alert.contradict', 'alert.reopen', 'alert.withdraw.resolve')
   ORDER BY n.seq LIMIT 1)
FROM ledger_entry AS d
CROSS JOIN LATERAL (
  SELECT n.* FROM ledger_entry AS n
  WHERE n.subject_type = 'alert' AND n.subject_id = d.subject_id AND n.action IN ('alert.resolve', 'alert.propose')
    AND n.seq >= d.seq + (d.action = 'alert.propose')::int AND n.seq <= %(high)s
  ORDER BY n.seq LIMIT 1
) AS e
WHERE d.action IN ('alert.resolve', 'alert.propose') AND d.after ? 'accepted_until' AND d.seq <= %(high)s
  AND d.source = ANY (%(sources)s) AND (d.after ->> 'accepted_until')::date BETWEEN %(first)s AND %(last)s
  AND e.action = 'alert.resolve' AND (e.seq = d.seq OR NOT e.after ? 'resolution_decision')
ORDER BY d.after ->> 'accepted_until', e.seq
LIMIT 200
