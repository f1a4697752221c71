-- The things with the most episodes that began in the period: how many, and the newest of them. What the console found
-- about itself is no thing of a source.
SELECT o.after ->> 'source', o.after ->> 'entity_type', o.after ->> 'entity_id', count(*),
  (array_agg(o.check_code ORDER BY b.seq DESC))[1], (array_agg(o.after -> 'payload' ORDER BY b.seq DESC))[1],
  (array_agg(b.subject_id ORDER BY b.seq DESC))[1]
FROM ledger_entry AS b
CROSS JOIN LATERAL (  -- of these alerts, not of all there ever were
  SELECT f.after, f.check_code FROM ledger_entry AS f
  WHERE f.subject_type = 'alert' AND f.subject_id = b.subject_id AND f.action = 'alert.open' ORDER BY f.seq LIMIT 1
) AS o
WHERE b.action IN ('alert.open', 'alert.reopen') AND b.seq BETWEEN %(low)s AND %(high)s
  AND b.source = ANY (%(scanned)s) AND o.after ->> 'source' = ANY (%(scanned)s)
GROUP BY 1, 2, 3
ORDER BY count(*) DESC, max(b.seq) DESC
LIMIT 1000
