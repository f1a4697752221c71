-- Sources whose last audit left something untried, or could not look at all.
SELECT
    a.source || '/row-security' AS entity_id,
    a.source,
    a.unsure,
    concat_ws(' ', nullif(a.unknowns -> 0 ->> 'object', ''), a.unknowns -> 0 ->> 'reason') AS detail,
    a.audited_at AS detected_at
FROM (
    SELECT DISTINCT ON (r.source) r.*
    FROM row_security_audit AS r
    ORDER BY r.source, r.audited_at DESC
) AS a
WHERE a.unsure > 0
