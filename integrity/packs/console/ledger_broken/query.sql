-- The last verification of the ledger, where it did not find the ledger whole.
SELECT
    'console/ledger' AS entity_id,
    (v.after ->> 'first_bad')::numeric AS first_bad,
    v.after ->> 'fault' AS fault,
    (v.after ->> 'entries')::numeric AS entries,
    v.after -> 'drifts' AS drifts,
    v.at AS detected_at
FROM (
    SELECT e.at, e.after
    FROM ledger_entry AS e
    WHERE e.action = 'ledger.verify'
    ORDER BY e.seq DESC
    LIMIT 1
) AS v
WHERE v.after ->> 'whole' = 'false'
