-- Sources whose last scan is dated in the future; or the one before was, and nobody has said so yet; or was made
-- while the server's clock and the database's disagreed. The clock and not the transaction's start: a scan may
-- have waited for its turn.
SELECT
    w.source AS entity_id,
    w.source,
    CASE
        WHEN s.started_at > clock_timestamp() + :tolerance  -- Unprovable: the clock does not stand still
            THEN 'ahead'
        WHEN before.number IS NOT NULL THEN 'back'
        ELSE 'apart'
    END AS clock,
    CASE
        WHEN s.started_at > clock_timestamp() + :tolerance  -- Unprovable: the clock does not stand still
            THEN s.started_at
        ELSE before.started_at
    END AS dated,
    s.started_at AS detected_at
FROM watched_source AS w
CROSS JOIN LATERAL (
    SELECT i.* FROM integrity_scan AS i WHERE i.source = w.source ORDER BY i.number DESC LIMIT 1
) AS s
LEFT JOIN LATERAL (
    SELECT i.number, i.started_at
    FROM integrity_scan AS i
    WHERE i.source = w.source AND i.number < s.number
    ORDER BY i.number DESC
    LIMIT 1
) AS before
    ON before.started_at > s.started_at + :tolerance
    AND NOT EXISTS (
        SELECT FROM system_alerts AS a
        WHERE a.source = 'console' AND a.check_code = 'CLOCK_SKEW'
            AND a.entity_type = 'SOURCE' AND a.entity_id = w.source AND a.status <> 'RESOLVED'
    )
WHERE s.started_at > clock_timestamp() + :tolerance  -- Unprovable: the clock does not stand still
    OR before.number IS NOT NULL
    OR abs(s.clock_apart_s) * interval '1 second' > :tolerance
