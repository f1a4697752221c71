-- Rules whose last proof failed: on a source; or on the empty database of its pack, and then for
-- every source with that pack.
-- A critical rule that cannot see what it is for is critical itself. One that the view cannot even read is
-- RULE_UNREAD's to tell, at each scan: of one cause one alert speaks.
SELECT
    CASE p.source
        WHEN '' THEN w.source || '/' || p.code || '/reference'
        ELSE p.source || '/' || p.code
    END AS entity_id,
    CASE WHEN p.verdict = 'INERTE' AND p.severity = 'CRITICAL' THEN 'CRITICAL' ELSE 'WARN' END AS severity,
    p.code AS rule,
    p.version,
    p.verdict,
    p.detail,
    coalesce(nullif(p.source, ''), w.source) AS source,
    CASE p.source WHEN '' THEN 'reference' ELSE 'source' END AS proved_on,
    p.proved_at AS detected_at
FROM (
    SELECT DISTINCT ON (r.source, r.pack, r.code) r.*
    FROM integrity_rule_proof AS r
    ORDER BY r.source, r.pack, r.code, r.proved_at DESC
) AS p
LEFT JOIN watched_source AS w ON p.source = '' AND w.pack = p.pack AND w.interval_s IS NOT NULL
WHERE p.verdict NOT IN ('PROUVEE', 'OUBLIEE') AND (
    p.source <> ''
    OR w.source IS NOT NULL  -- Unprovable: no column of it is ever null
)
AND NOT (p.through = 'view' AND p.cases @> '[{"unread": true}]')
