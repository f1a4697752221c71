-- Sources of whose view the last reading set rows aside. The most rows and all the codes since the alert opened
-- are what an acknowledgement is about: more of either is news, fewer is not.
SELECT
    w.source AS entity_id,
    w.source,
    s.quarantined AS rows,
    greatest(s.quarantined, (a.payload ->> 'rows_most')::integer) AS rows_most,
    (
        SELECT jsonb_agg(named.code ORDER BY named.code COLLATE "C")
        FROM (
            SELECT coalesce(fault.one ->> 'check_code', '') AS code
            FROM jsonb_array_elements(s.faults) AS fault (one)
            UNION
            SELECT was.code FROM jsonb_array_elements_text(a.payload -> 'codes') AS was (code)
        ) AS named
    ) AS codes,
    s.faults,
    s.started_at AS detected_at
FROM watched_source AS w
CROSS JOIN LATERAL (
    SELECT i.*
    FROM integrity_scan AS i
    WHERE i.source = w.source AND i.outcome <> 'FAILED'
    ORDER BY i.number DESC
    LIMIT 1
) AS s
LEFT JOIN system_alerts AS a
    ON a.source = 'console' AND a.check_code = 'ROW_QUARANTINED'
    AND a.entity_type = 'SOURCE' AND a.entity_id = w.source AND a.status <> 'RESOLVED'
WHERE s.quarantined > 0
