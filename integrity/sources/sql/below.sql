-- All that decides which rows the checks view gives to its reader, as pairs of a name and a text; equal
-- pairs, equal eyes. Everything below the view to any depth: views, tables with their row security, functions.
-- The body of a function says in no catalogue what it reads: every function, view and table whose name
-- stands in it as a word is taken to be below. What a body puts together at run time is beyond this.
-- Bodies and settings are kept as hashes: they may hold secrets. Objects of PostgreSQL's own are left out.
WITH RECURSIVE below (class, oid) AS (
  SELECT 'pg_class'::regclass::oid, %(view)s::oid
  UNION
  SELECT next.class, next.oid
  FROM below AS b
  CROSS JOIN LATERAL (
    SELECT d.refclassid AS class, d.refobjid AS oid
    FROM pg_rewrite AS r JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    WHERE b.class = 'pg_class'::regclass AND r.ev_class = b.oid
    UNION ALL
    SELECT d.refclassid, d.refobjid
    FROM pg_policy AS p JOIN pg_depend AS d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
    WHERE b.class = 'pg_class'::regclass AND p.polrelid = b.oid
    UNION ALL
    SELECT d.refclassid, d.refobjid
    FROM pg_attrdef AS g
    JOIN pg_attribute AS a ON a.attrelid = g.adrelid AND a.attnum = g.adnum AND a.attgenerated <> ''
    JOIN pg_depend AS d ON d.classid = 'pg_attrdef'::regclass AND d.objid = g.oid
    WHERE b.class = 'pg_class'::regclass AND g.adrelid = b.oid
    UNION ALL
    SELECT 'pg_type'::regclass, a.atttypid
    FROM pg_attribute AS a
    WHERE b.class = 'pg_class'::regclass AND a.attrelid = b.oid AND a.attnum > 0
    UNION ALL
    SELECT d.refclassid, d.refobjid
    FROM pg_depend AS d
    WHERE b.class IN ('pg_proc'::regclass, 'pg_operator'::regclass)
      AND d.classid = b.class AND d.objid = b.oid
    UNION ALL
    SELECT named.class, named.oid
    FROM pg_proc AS f
    JOIN pg_language AS l ON l.oid = f.prolang AND l.lanname NOT IN ('internal', 'c')
    CROSS JOIN LATERAL (
      -- Every letter outside ASCII belongs to a word, whatever the database's locale takes for a letter.
      SELECT DISTINCT word
      FROM regexp_split_to_table(lower(f.prosrc), '[\u0001-#%%-/:-@\u005B-\u005E`{-\u007F]+') AS word
    ) AS said
    JOIN (
      SELECT 'pg_proc'::regclass::oid AS class, oid, lower(proname) AS name FROM pg_proc WHERE oid >= 16384
      UNION ALL
      SELECT 'pg_class'::regclass, oid, lower(relname) FROM pg_class WHERE oid >= 16384
      UNION ALL
      SELECT 'pg_type'::regclass, oid, lower(typname) FROM pg_type WHERE oid >= 16384
      UNION ALL
      SELECT 'pg_ts_config'::regclass, oid, lower(cfgname) FROM pg_ts_config WHERE oid >= 16384
    ) AS named ON named.name = said.word
    WHERE b.class = 'pg_proc'::regclass AND f.oid = b.oid
    UNION ALL
    -- What a body's signs and casts mean is settled when it runs.
    SELECT own.class, own.oid
    FROM pg_proc AS f
    JOIN pg_language AS l ON l.oid = f.prolang AND l.lanname NOT IN ('internal', 'c')
    JOIN (
      SELECT 'pg_operator'::regclass::oid AS class, oid, oprname AS sign FROM pg_operator
      UNION ALL
      SELECT 'pg_cast'::regclass, oid, '' FROM pg_cast
      UNION ALL
      SELECT 'pg_proc'::regclass, castfunc, '' FROM pg_cast WHERE oid >= 16384
    ) AS own ON own.oid >= 16384 AND position(own.sign IN f.prosrc) > 0
    WHERE b.class = 'pg_proc'::regclass AND f.oid = b.oid
  ) AS next
  WHERE next.class IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_operator'::regclass, 'pg_cast'::regclass,
                       'pg_type'::regclass, 'pg_ts_config'::regclass)
    AND next.oid >= 16384
), relation AS (
  SELECT c.*, format('%%I.%%I', n.nspname, c.relname) AS name
  FROM below AS b JOIN pg_class AS c ON c.oid = b.oid JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE b.class = 'pg_class'::regclass AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
), function AS (
  SELECT p.*
  FROM below AS b JOIN pg_proc AS p ON p.oid = b.oid
  WHERE b.class = 'pg_proc'::regclass
), role AS (
  SELECT r.*, r.rolname = current_user AS reads
  FROM pg_roles AS r
  WHERE r.rolname = current_user
     OR r.oid IN (SELECT relowner FROM relation UNION SELECT proowner FROM function)
), part (name, said) AS (
  SELECT 'VIEW ' || v.name,
         format(E'owner %%I\noptions %%s', pg_get_userbyid(v.relowner), coalesce(v.reloptions, '{}'))
         -- The checks view's own text has a hash of its own.
         || CASE WHEN v.oid <> %(view)s::oid THEN E'\n' || cut.said ELSE '' END
  FROM relation AS v
  CROSS JOIN LATERAL (SELECT pg_get_viewdef(v.oid) AS whole) AS d
  CROSS JOIN LATERAL (
    SELECT CASE WHEN length(whole) <= 65536 THEN whole
                ELSE left(whole, 65536) || E'\nsha256 of the whole '
                     || encode(sha256(convert_to(whole, getdatabaseencoding())), 'hex') END AS said
  ) AS cut
  WHERE v.relkind IN ('v', 'm')
  UNION ALL
  SELECT 'TABLE ' || t.name,
         format(E'owner %%I\nrow security %%s, forced %%s, binds the reader %%s',
                pg_get_userbyid(t.relowner), t.relrowsecurity, t.relforcerowsecurity, row_security_active(t.oid))
         || coalesce((
           SELECT string_agg(
             format(E'\npolicy %%I %%s for %%s to %%s using (%%s)', p.polname,
                    CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END, p.polcmd,
                    ARRAY(SELECT CASE WHEN o = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(o) END
                          FROM unnest(p.polroles) AS o ORDER BY 1),
                    pg_get_expr(p.polqual, p.polrelid)), '' ORDER BY p.polname)
           FROM pg_policy AS p WHERE p.polrelid = t.oid AND p.polcmd IN ('*', 'r')), '')
         || coalesce((
           SELECT string_agg(format(E'\ngenerated %%I as %%s', a.attname, pg_get_expr(g.adbin, g.adrelid)), ''
                             ORDER BY a.attnum)
           FROM pg_attrdef AS g
           JOIN pg_attribute AS a ON a.attrelid = g.adrelid AND a.attnum = g.adnum AND a.attgenerated <> ''
           WHERE g.adrelid = t.oid), '')
         || coalesce((
           SELECT format(E'\nforeign %%s', encode(sha256(convert_to(
                    format('%%s %%s %%s', f.ftoptions, s.srvname, s.srvoptions), getdatabaseencoding())), 'hex'))
           FROM pg_foreign_table AS f JOIN pg_foreign_server AS s ON s.oid = f.ftserver
           WHERE f.ftrelid = t.oid), '')
  FROM relation AS t WHERE t.relkind IN ('r', 'p', 'f')
  UNION ALL
  SELECT 'FUNCTION ' || f.oid::regprocedure,
         format(E'owner %%I\nsha256 %%s', pg_get_userbyid(f.proowner), encode(sha256(convert_to(
           CASE WHEN f.prokind = 'a'
                THEN (SELECT format('%%s %%s %%s', a.aggtransfn, a.aggfinalfn, a.agginitval)
                      FROM pg_aggregate AS a WHERE a.aggfnoid = f.oid)
                ELSE pg_get_functiondef(f.oid) END, getdatabaseencoding())), 'hex'))
  FROM function AS f
  UNION ALL
  SELECT 'OPERATOR ' || o.oid::regoperator, o.oprcode::regprocedure::text
  FROM below AS b JOIN pg_operator AS o ON o.oid = b.oid WHERE b.class = 'pg_operator'::regclass
  UNION ALL
  SELECT format('CAST %%s as %%s', c.castsource::regtype, c.casttarget::regtype),
         format('%%s %%s %%s', c.castfunc::regprocedure, c.castcontext, c.castmethod)
  FROM below AS b JOIN pg_cast AS c ON c.oid = b.oid WHERE b.class = 'pg_cast'::regclass
  UNION ALL
  SELECT 'TYPE ' || t.oid::regtype,
         format('%%s %%s', t.typbasetype::regtype,
                ARRAY(SELECT e.enumlabel FROM pg_enum AS e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder))
  FROM below AS b JOIN pg_type AS t ON t.oid = b.oid
  WHERE b.class = 'pg_type'::regclass AND t.typtype IN ('e', 'd')
  UNION ALL
  SELECT 'TEXT SEARCH ' || c.oid::regconfig,
         (SELECT format('%%s', array_agg(format('%%s %%s %%s %%s', m.maptokentype, m.mapseqno, d.dictname, d.dictinitoption)
                                        ORDER BY m.maptokentype, m.mapseqno))
          FROM pg_ts_config_map AS m JOIN pg_ts_dict AS d ON d.oid = m.mapdict WHERE m.mapcfg = c.oid)
  FROM below AS b JOIN pg_ts_config AS c ON c.oid = b.oid WHERE b.class = 'pg_ts_config'::regclass
  UNION ALL
  -- The reader under one name, so that another reader is a change and not one gone and one come.
  SELECT CASE WHEN r.reads THEN 'READER' ELSE format('ROLE %%I', r.rolname) END,
         format(E'%%s as %%s\nsuperuser %%s, bypasses row security %%s\nmember of %%s',
                r.rolname, CASE WHEN r.reads THEN session_user ELSE r.rolname END,
                r.rolsuper, r.rolbypassrls,
                ARRAY(SELECT m.rolname FROM pg_roles AS m
                      WHERE NOT r.rolsuper AND m.oid <> r.oid AND pg_has_role(r.oid, m.oid, 'USAGE')
                      ORDER BY 1))
  FROM role AS r
  UNION ALL
  SELECT 'SETTINGS',
         format('search_path %%s, row_security %%s', %(search_path)s::text, current_setting('row_security'))
         || coalesce((
           SELECT string_agg(format(E'\n%%s sha256 %%s', split_part(setting, '=', 1), encode(sha256(
                    convert_to(setting, getdatabaseencoding())), 'hex')), '' ORDER BY s.setdatabase, s.setrole, setting)
           FROM pg_db_role_setting AS s CROSS JOIN LATERAL unnest(s.setconfig) AS setting
           WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
             AND s.setrole IN (0, (SELECT oid FROM role WHERE reads))), '')
  UNION ALL
  SELECT 'DATABASE', format('%%I, number %%s', datname, oid) FROM pg_database WHERE datname = current_database()
)
SELECT name, said FROM part ORDER BY name COLLATE "C"
