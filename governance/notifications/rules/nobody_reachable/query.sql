-- Sources with critical alerts of whose episode nobody was told, nor will be: no recipient, no address, or the message was
-- given up. What was never decided about (an alert older than the outbox) does not count, nor does this rule itself.
SELECT
    n.source || '/reach' AS entity_id,
    n.source,
    count(DISTINCT a.id) AS alerts,
    min(n.planned_at) AS detected_at
FROM notification AS n
INNER JOIN system_alerts AS a ON a.id = n.alert_id AND a.episode = n.episode
WHERE
    a.status = 'OPEN'
    AND a.severity = 'CRITICAL'
    AND a.check_code <> 'NOBODY_REACHABLE'
    AND n.planned_at IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM notice AS m
        LEFT JOIN delivery AS d ON d.id = m.delivery_id
        WHERE
            m.alert_id = n.alert_id
            AND m.episode = n.episode
            AND m.state IN ('WAITING', 'TOLD')
            AND d.state IS DISTINCT FROM 'DEAD'
    )
GROUP BY n.source
