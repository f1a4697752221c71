-- What the text opens and no other rule names, by the last audit of each source that looked.
SELECT
    a.source || '/' || f.object || '/' || f.code AS entity_id,
    a.source,
    f.object,
    f.code AS weakness,
    f.detail,
    a.audited_at AS detected_at
FROM (
    SELECT DISTINCT ON (r.source) r.*
    FROM row_security_audit AS r
    WHERE r.looked
    ORDER BY r.source, r.audited_at DESC
) AS a
CROSS JOIN LATERAL jsonb_to_recordset(a.findings) AS f (code text, severity text, object text, detail text, role text, identity text, verb text, count integer, statement text, excused text)
WHERE f.excused = '' AND f.severity = 'CRITICAL' AND f.code <> 'RLS_LEAK' AND f.code <> 'RLS_PUBLIC_POLICY'
