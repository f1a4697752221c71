-- What the database runs, one row per object: its name and everything that decides what it does. Names of
-- owners differ from one installation to the next, so `owner` stands for whoever owns the ledger. The queue's
-- objects are left out: they are a package's own, and nothing of the record goes through them.
WITH owner AS (
  SELECT relowner AS oid FROM pg_class WHERE oid = to_regclass('public.ledger_entry')
), ours AS (
  SELECT c.* FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
    AND NOT starts_with(c.relname, 'procrastinate_')
)
SELECT format('function %s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)),
  jsonb_build_array(
    CASE WHEN p.proowner = (SELECT oid FROM owner) THEN 'owner' ELSE pg_get_userbyid(p.proowner) END,
    l.lanname, p.prokind, p.prosecdef, p.provolatile, p.proparallel, p.proisstrict, p.proleakproof,
    pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), p.proconfig, p.prosrc,
    pg_get_function_sqlbody(p.oid), a.aggtransfn, a.aggfinalfn, a.aggtranstype::regtype, a.agginitval
  )::text
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang LEFT JOIN pg_aggregate a ON a.aggfnoid = p.oid
WHERE p.pronamespace = 'public'::regnamespace AND NOT starts_with(p.proname, 'procrastinate_')
UNION ALL
SELECT format('table %s', c.relname), jsonb_build_array(
    CASE WHEN c.relowner = (SELECT oid FROM owner) THEN 'owner' ELSE pg_get_userbyid(c.relowner) END,
    c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
    (SELECT count(*) FROM pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent)),
    CASE WHEN starts_with(c.relname, 'ledger_') THEN (
      SELECT jsonb_agg(ARRAY[t.attname, format_type(t.atttypid, t.atttypmod), t.attgenerated::text]
        ORDER BY t.attname)
      FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped
    ) END
  )::text
FROM ours c WHERE c.relkind NOT IN ('v', 'm')
UNION ALL
-- PostgreSQL's own triggers hold foreign keys; one of them is a row here only while it is switched off.
SELECT format('trigger %s on %s', t.tgname, c.relname),
  jsonb_build_array(t.tgenabled, pg_get_triggerdef(t.oid))::text
FROM ours c JOIN pg_trigger t ON t.tgrelid = c.oid
WHERE NOT t.tgisinternal OR t.tgenabled <> 'O'
UNION ALL
SELECT format('policy %s on %s', p.polname, c.relname), jsonb_build_array(
    p.polcmd, p.polpermissive,
    (SELECT jsonb_agg(CASE WHEN role = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(role) END) FROM unnest(p.polroles) role),
    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
  )::text
FROM ours c JOIN pg_policy p ON p.polrelid = c.oid
UNION ALL
SELECT format('rule %s on %s', r.rulename, c.relname), pg_get_ruledef(r.oid)
FROM ours c JOIN pg_rewrite r ON r.ev_class = c.oid
WHERE c.relkind NOT IN ('v', 'm')
