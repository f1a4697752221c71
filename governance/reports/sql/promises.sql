-- What people promised until a day of the period, and what the record says became of it by the period's end: per
-- decision the next entry that ends or confirms it. By then: nothing below entry `high` is missing.
SELECT e.subject_id, e.source, e.check_code, e.after ->> 'accepted_until', e.actor, e.seq,
  (SELECT n.action FROM ledger_entry AS n
   WHERE n.subject_type = 'alert' AND n.subject_id = e.subject_id AND n.seq > e.seq AND n.seq <= %(high)s
     AND n.action IN ('alert.confirm', 'alert.resume', 'alert.contradict', 'alert.reopen', 'alert.withdraw.resolve')
   ORDER BY n.seq LIMIT 1)
FROM ledger_entry AS e
WHERE e.action = 'alert.resolve' AND e.seq <= %(high)s AND e.source = ANY (%(sources)s)
  AND (e.after ->> 'accepted_until')::date BETWEEN %(first)s AND %(last)s
ORDER BY e.after ->> 'accepted_until', e.seq
LIMIT 200
