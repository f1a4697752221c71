-- The things with the most episodes that began in the period: how many, and the newest of them. What the console found
-- about itself is no thing of a source. An entry that opens says of what; one that reopens asks the one that opened, of these
-- alerts, not of all there ever were. What the newest said is read of those that are given alone.
WITH thing AS (
  SELECT o.said ->> 'source' AS source, o.said ->> 'entity_type' AS sort, o.said ->> 'entity_id' AS name,
    count(*) AS n, max(b.seq) AS newest
  FROM ledger_entry AS b
  CROSS JOIN LATERAL (
    SELECT CASE WHEN b.action = 'alert.open' THEN b.after ELSE (
      SELECT f.after FROM ledger_entry AS f
      WHERE f.subject_type = 'alert' AND f.subject_id = b.subject_id AND f.action = 'alert.open' ORDER BY f.seq LIMIT 1
    ) END AS said
  ) AS o
  WHERE b.action IN ('alert.open', 'alert.reopen') AND b.seq BETWEEN %(low)s AND %(high)s
    AND b.source = ANY (%(scanned)s) AND o.said ->> 'source' = ANY (%(scanned)s)
  GROUP BY 1, 2, 3
  ORDER BY n DESC, newest DESC
  LIMIT 1000
)
SELECT t.source, t.sort, t.name, t.n, o.check_code, o.after -> 'payload', b.subject_id
FROM thing AS t
JOIN ledger_entry AS b ON b.seq = t.newest
CROSS JOIN LATERAL (
  SELECT f.after, f.check_code FROM ledger_entry AS f
  WHERE f.subject_type = 'alert' AND f.subject_id = b.subject_id AND f.action = 'alert.open' ORDER BY f.seq LIMIT 1
) AS o
ORDER BY t.n DESC, t.newest DESC
