-- Tables below the checks view whose row security filters what the view reads: a reader of such a view may
-- see nothing at all, and nothing wrong either. A view reads with its owner's rights, or with its
-- reader's when it is made security_invoker.
WITH RECURSIVE below AS (
  SELECT %(view)s::oid AS relid, (SELECT oid FROM pg_roles WHERE rolname = current_user) AS reader
  UNION
  SELECT d.refobjid,
         CASE WHEN v.relkind <> 'v' OR coalesce(v.reloptions, '{}') && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1']
              THEN below.reader ELSE v.relowner END
  FROM below
  JOIN pg_class AS v ON v.oid = below.relid AND v.relkind = 'v'
  JOIN pg_rewrite AS w ON w.ev_class = v.oid
  JOIN pg_depend AS d ON d.objid = w.oid AND d.classid = 'pg_rewrite'::regclass
    AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
)
SELECT DISTINCT format('%%I.%%I', n.nspname, c.relname), pg_get_userbyid(below.reader)
FROM below
JOIN pg_class AS c ON c.oid = below.relid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_roles AS r ON r.oid = below.reader
WHERE c.relrowsecurity AND NOT r.rolsuper AND NOT r.rolbypassrls
  AND (c.relforcerowsecurity OR NOT pg_has_role(below.reader, c.relowner, 'USAGE'))
ORDER BY 1, 2
