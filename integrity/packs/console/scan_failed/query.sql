-- Sources whose last scan failed.
SELECT
    w.source AS entity_id,
    w.source,
    s.error,
    s.started_at AS detected_at
FROM watched_source AS w
CROSS JOIN LATERAL (
    SELECT i.* FROM integrity_scan AS i WHERE i.source = w.source ORDER BY i.number DESC LIMIT 1
) AS s
WHERE s.outcome = 'FAILED'
