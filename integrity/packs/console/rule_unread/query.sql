-- Rules that the last scan could not read, of those that it read one by one.
SELECT
    w.source || '/' || r.code AS entity_id,
    r.code AS rule,
    w.source,
    r.said ->> 'cause' AS cause,
    r.said ->> 'error' AS error,
    s.started_at AS detected_at
FROM watched_source AS w
CROSS JOIN LATERAL (
    SELECT i.*
    FROM integrity_scan AS i
    WHERE i.source = w.source AND i.outcome <> 'FAILED'
    ORDER BY i.number DESC
    LIMIT 1
) AS s
CROSS JOIN LATERAL jsonb_each(s.readings) AS r (code, said)
WHERE r.said ->> 'error' <> ''
