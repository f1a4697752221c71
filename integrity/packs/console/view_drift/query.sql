-- Sources whose view, or what it was read through, was not what it should be when it was last read. The scan that
-- reads it says so, and what it expected, because only it has both texts.
SELECT
    w.source AS entity_id,
    w.source,
    s.drift ->> 'change' AS change,
    s.drift ->> 'names' AS names,
    s.drift ->> 'expected_sha256' AS expected_sha256,
    s.view_hash AS view_sha256,
    s.drift ->> 'expected_evidence_sha256' AS expected_evidence_sha256,
    s.evidence_hash AS evidence_sha256,
    s.drift -> 'moved' AS moved,
    s.started_at AS detected_at
FROM watched_source AS w
CROSS JOIN LATERAL (
    SELECT i.*
    FROM integrity_scan AS i
    WHERE i.source = w.source AND i.outcome <> 'FAILED'
    ORDER BY i.number DESC
    LIMIT 1
) AS s
WHERE s.drift <> '{}'
