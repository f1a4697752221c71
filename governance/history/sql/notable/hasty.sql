-- Resolved by a person within %(seconds)s seconds of the last thing that happened to the alert: nobody looked for long.
SELECT e.seq FROM ledger_entry AS e
CROSS JOIN LATERAL (
  SELECT p.at FROM ledger_entry AS p
  WHERE p.subject_type = 'alert' AND p.subject_id = e.subject_id AND p.seq < e.seq
  ORDER BY p.seq DESC LIMIT 1
) AS previous
WHERE e.action = 'alert.resolve' AND e.seq BETWEEN %(low)s AND %(high)s AND e.source = ANY (%(sources)s)
  AND e.at - previous.at < make_interval(secs => %(seconds)s)
ORDER BY e.seq DESC LIMIT %(limit)s
