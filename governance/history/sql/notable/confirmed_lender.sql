-- A delegate resolved, or proposed to accept, what the very person had taken on by whose right it was done.
SELECT e.seq FROM ledger_entry AS e
WHERE e.action IN ('alert.resolve', 'alert.propose') AND e.after ? 'delegated_by'
  AND e.seq BETWEEN %(low)s AND %(high)s AND e.source = ANY (%(sources)s)
  AND EXISTS (
    SELECT FROM ledger_entry AS p
    WHERE p.subject_type = 'alert' AND p.subject_id = e.subject_id AND p.seq < e.seq
      AND p.action IN ('alert.ack', 'alert.propose') AND p.actor = e.after ->> 'delegated_by')
ORDER BY e.seq DESC LIMIT %(limit)s
