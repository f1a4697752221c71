-- Sources without a complete scan for some intervals. One that never had any counts from when the console first
-- knew it. Not believed: a date in the future, and while CLOCK_SKEW stands a date after it was noticed, because
-- that future arrives one day.
SELECT
    w.source AS entity_id,
    w.source,
    CASE WHEN s.started_at IS NULL THEN 'known' ELSE 'complete' END AS since,
    s.started_at AS last_complete_at,
    k.known_since,
    w.interval_s,
    :intervals AS missed,
    coalesce(s.started_at, k.known_since) + :intervals * w.interval_s * interval '1 second' AS detected_at
FROM watched_source AS w
LEFT JOIN LATERAL (
    SELECT i.started_at
    FROM integrity_scan AS i
    WHERE i.source = w.source AND i.outcome = 'COMPLETE'
        AND i.started_at <= least(  -- Unprovable: the clock does not stand still
            clock_timestamp() + :tolerance,
            (
                SELECT a.first_detected_at
                FROM system_alerts AS a
                WHERE a.source = 'console' AND a.check_code = 'CLOCK_SKEW'
                    AND a.entity_type = 'SOURCE' AND a.entity_id = w.source AND a.status <> 'RESOLVED'
            )
        )
    ORDER BY i.number DESC
    LIMIT 1
) AS s ON true
LEFT JOIN job_run AS k ON k.key = 'scan' AND k.source = w.source
-- The console itself has no interval.
WHERE coalesce(s.started_at, k.known_since) + :intervals * w.interval_s * interval '1 second'
    < clock_timestamp()  -- Unprovable: the clock does not stand still
