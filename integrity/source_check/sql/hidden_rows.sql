-- Tables below a view whose row security may filter what it reads: a reader of such a view may see nothing at all,
-- and nothing wrong either. A view reads with its owner's rights, or, made security_invoker, with those of whoever asks,
-- also where another view stands between. A policy that shows that role every row filters nothing.
WITH RECURSIVE me AS (
  SELECT oid FROM pg_roles WHERE rolname = current_user
), below AS (
  SELECT %(view)s::oid AS relid, me.oid AS reader FROM me
  UNION
  SELECT d.refobjid,
         CASE WHEN coalesce(v.reloptions, '{}') && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1']
              THEN me.oid ELSE v.relowner END
  FROM below
  CROSS JOIN me
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
CROSS JOIN LATERAL (
  SELECT coalesce(bool_or(p.polpermissive AND pg_get_expr(p.polqual, p.polrelid) = 'true'), false)
     AND coalesce(bool_and(p.polpermissive), true) AS shows_all
  FROM pg_policy AS p
  WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*') AND (
    0 = ANY (p.polroles)
    OR EXISTS (SELECT FROM unnest(p.polroles) AS role WHERE role <> 0 AND pg_has_role(below.reader, role, 'USAGE'))
  )
) AS policies
WHERE c.relrowsecurity AND NOT r.rolsuper AND NOT r.rolbypassrls AND NOT policies.shows_all
  AND (c.relforcerowsecurity OR NOT pg_has_role(below.reader, c.relowner, 'USAGE'))
ORDER BY 1, 2
