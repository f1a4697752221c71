-- Functions with who they run as and who may call them.
SELECT n.nspname AS schema, p.proname AS name, p.oid::regprocedure::text AS signature, p.prosecdef AS is_definer,
  coalesce(p.proconfig, '{}') AS settings, p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype) AS is_trigger, l.lanname AS language,
  coalesce(nullif(p.prosrc, ''), pg_get_functiondef(p.oid)) AS text, pg_get_userbyid(p.proowner) AS owner,
  ARRAY(SELECT CASE g.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(g.grantee)::text END
        FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g WHERE g.grantee <> p.proowner ORDER BY 1) AS callers
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE p.prokind IN ('f', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1, 3
