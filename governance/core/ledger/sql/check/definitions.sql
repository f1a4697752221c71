-- What the database runs, one row per object: its name and everything that decides what it does. Names of
-- owners differ from one installation to the next, so `owner` stands for whoever owns the ledger. The queue's
-- objects are left out: they are a package's own, and nothing of the record goes through them.
WITH owner AS (
  SELECT relowner AS oid FROM pg_class WHERE oid = to_regclass('public.ledger_entry')
), ours AS (
  SELECT c.* FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
    AND NOT starts_with(c.relname, 'procrastinate_')
    -- Its text has the zone of the pages in it; integrity/scans/console.py compares it with what was compiled.
    AND c.relname <> 'v_integrity_checks'
), compiled AS (
  -- The functions that an extension brought and that only a superuser can write.
  SELECT p.oid FROM pg_proc p
  JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
  JOIN pg_language l ON l.oid = p.prolang AND l.lanname IN ('c', 'internal')
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
SELECT format('%s %s', CASE c.relkind WHEN 'c' THEN 'type' ELSE 'table' END, c.relname), jsonb_build_array(
    CASE WHEN c.relowner = (SELECT oid FROM owner) THEN 'owner' ELSE pg_get_userbyid(c.relowner) END,
    c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
    (SELECT count(*) FROM pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent)),
    (SELECT jsonb_agg(jsonb_build_array(
        t.attname, format_type(t.atttypid, t.atttypmod), t.attgenerated, t.attidentity, t.attcollation::regcollation,
        t.attnotnull AND NOT EXISTS (
          SELECT FROM pg_constraint n
          WHERE n.conrelid = c.oid AND n.contype = 'n' AND NOT n.convalidated AND t.attnum = ANY (n.conkey)
        ), pg_get_expr(d.adbin, d.adrelid)
      ) ORDER BY t.attname)
      FROM pg_attribute t LEFT JOIN pg_attrdef d ON d.adrelid = t.attrelid AND d.adnum = t.attnum
      WHERE t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped)
  )::text
FROM ours c WHERE c.relkind NOT IN ('v', 'm')
UNION ALL
SELECT format('view %s', c.relname), jsonb_build_array(
    CASE WHEN c.relowner = (SELECT oid FROM owner) THEN 'owner' ELSE pg_get_userbyid(c.relowner) END,
    c.relkind, c.reloptions, pg_get_viewdef(c.oid)
  )::text
FROM ours c WHERE c.relkind IN ('v', 'm')
UNION ALL
-- NOT NULL stands with the columns above. A restored dump prints the casts and brackets of a list of texts
-- otherwise: `ANY ((ARRAY['a'::varchar])::text[])` comes back as `ANY (ARRAY[('a'::varchar)::text])`.
SELECT format('constraint %s on %s', n.conname, c.relname), regexp_replace(regexp_replace(regexp_replace(
    pg_get_constraintdef(n.oid), '::(text|character varying)(\[\])?', '', 'g'),
    '\((''[^'']*''|\w+)\)', '\1', 'g'),
    '\(\((ARRAY\[[^]]*\])\)\)', '(\1)', 'g')
FROM ours c JOIN pg_constraint n ON n.conrelid = c.oid
WHERE n.contype NOT IN ('n', 't')
UNION ALL
-- An index that refuses a row, or that calls a function on each; those for speed alone are nobody's business.
SELECT format('index %s on %s', x.relname, c.relname),
  jsonb_build_array(i.indisvalid, i.indisready, i.indimmediate, pg_get_indexdef(i.indexrelid))::text
FROM ours c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
WHERE i.indisunique OR i.indexprs IS NOT NULL
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
WHERE c.relkind NOT IN ('v', 'm') OR r.rulename <> '_RETURN'
UNION ALL
-- From here on, rows of which a console has none. Where PostgreSQL finds a function or an operator in `public`
-- that fits better than its own of the same name, it takes that one, whatever the order of search_path.
SELECT format('shadow %s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)), ''
FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.oid NOT IN (SELECT oid FROM compiled)
  AND p.proname IN (SELECT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace)
UNION ALL
SELECT format('operator %s', o.oid::regoperator), ''
FROM pg_operator o
WHERE o.oprnamespace = 'public'::regnamespace AND o.oprcode NOT IN (SELECT oid FROM compiled)
  AND o.oprname IN (SELECT oprname FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace)
UNION ALL
SELECT format('cast %s AS %s', s.castsource::regtype, s.casttarget::regtype), ''
FROM pg_cast s
WHERE s.oid >= 16384 AND s.castfunc NOT IN (SELECT oid FROM compiled)
UNION ALL
-- What a database or role sets for every new session of the console's roles.
SELECT format('setting %s of %s', s.name, coalesce('role ' || r.rolname, 'the database')), s.value
FROM (
  SELECT setrole, split_part(one, '=', 1) AS name, one AS value
  FROM pg_db_role_setting, unnest(setconfig) AS one
  WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
) AS s LEFT JOIN pg_roles r ON r.oid = s.setrole
WHERE (
    s.name IN ('search_path', 'session_replication_role', 'row_security', 'role', 'session_authorization',
      'local_preload_libraries', 'session_preload_libraries', 'transform_null_equals')
    OR starts_with(s.name, 'governance.')
  ) AND (
    s.setrole IN (0, (SELECT oid FROM owner)) OR r.rolname IN (current_user, session_user)
    OR NOT r.rolsuper AND (
      pg_has_role(s.setrole, (SELECT oid FROM owner), 'MEMBER') OR pg_has_role(s.setrole, session_user, 'MEMBER')
    )
  )
