-- The episodes that ended in the period: on what, when it had begun by the data, and when it was over.
SELECT e.source, e.check_code, o.first_detected_at, e.at
FROM ledger_entry AS e
CROSS JOIN LATERAL (
  SELECT (p.after ->> 'first_detected_at')::timestamptz AS first_detected_at FROM ledger_entry AS p
  WHERE p.subject_type = 'alert' AND p.subject_id = e.subject_id AND p.seq < e.seq AND p.after ? 'first_detected_at'
  ORDER BY p.seq DESC LIMIT 1
) AS o
WHERE e.action IN ('alert.resolve', 'alert.close') AND e.subject_type = 'alert'
  AND e.seq BETWEEN %(low)s AND %(high)s AND e.source = ANY (%(sources)s)
ORDER BY e.seq DESC LIMIT 2000
