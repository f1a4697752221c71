-- Sources of which a full reading lately found otherwise than the reading that stood, although they had not moved.
SELECT
    w.source AS entity_id,
    w.source,
    d.rules,
    d.differences,
    s.started_at AS detected_at
FROM watched_source AS w
CROSS JOIN LATERAL (
    SELECT i.*
    FROM integrity_scan AS i
    WHERE i.source = w.source AND i.disputed <> '{}' AND i.started_at > now() - :delai
    ORDER BY i.started_at DESC
    LIMIT 1
) AS s
CROSS JOIN LATERAL (
    SELECT string_agg(e.code, ', ' ORDER BY e.code) AS rules, sum(e.said::numeric) AS differences
    FROM jsonb_each_text(s.disputed) AS e (code, said)
) AS d
