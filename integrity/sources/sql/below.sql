-- All that decides which rows the checks view gives to its reader, as pairs of a name and a text; equal
-- pairs, equal eyes. Everything below the view to any depth: views, tables with their row security, functions,
-- operators, casts, types, collations, dictionaries.
-- The body of a function says in no catalogue what it reads: everything whose name stands in it as a word
-- is taken to be below. What a body puts together at run time is beyond this.
-- Bodies and settings are kept as hashes: they may hold secrets. Objects of PostgreSQL's own are left out.
-- The pair without a name is no part of what was read: which row of the catalogue each part came from.
WITH RECURSIVE named (class, oid, name) AS (
  SELECT 'pg_proc'::regclass::oid, oid, lower(proname) FROM pg_proc WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_class'::regclass, oid, lower(relname) FROM pg_class WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_type'::regclass, oid, lower(typname) FROM pg_type WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_collation'::regclass, oid, lower(collname) FROM pg_collation WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_ts_config'::regclass, oid, lower(cfgname) FROM pg_ts_config WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_ts_dict'::regclass, oid, lower(dictname) FROM pg_ts_dict WHERE oid >= 16384
), below (class, oid) AS (
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
    SELECT kept.class, kept.oid
    FROM pg_attribute AS a
    CROSS JOIN LATERAL (VALUES ('pg_type'::regclass::oid, a.atttypid), ('pg_collation'::regclass, a.attcollation)
    ) AS kept (class, oid)
    WHERE b.class = 'pg_class'::regclass AND a.attrelid = b.oid AND a.attnum > 0
    UNION ALL
    SELECT d.refclassid, d.refobjid
    FROM pg_depend AS d
    WHERE b.class IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_ts_config'::regclass)
      AND d.classid = b.class AND d.objid = b.oid
    UNION ALL
    -- A condition is computed by the opposite, or the other way round, where an operator says what that is.
    SELECT b.class, other.oid
    FROM pg_operator AS o CROSS JOIN LATERAL (VALUES (o.oprcom), (o.oprnegate)) AS other (oid)
    WHERE b.class = 'pg_operator'::regclass AND o.oid = b.oid
    UNION ALL
    SELECT made.class, made.oid
    FROM pg_type AS t
    LEFT JOIN pg_range AS r ON r.rngtypid = t.oid
    LEFT JOIN pg_class AS c ON c.oid = t.typrelid AND c.relkind = 'c'
    CROSS JOIN LATERAL (VALUES ('pg_type'::regclass::oid, t.typbasetype), ('pg_type'::regclass, t.typelem),
      ('pg_type'::regclass, r.rngsubtype), ('pg_collation'::regclass, t.typcollation),
      ('pg_collation'::regclass, r.rngcollation), ('pg_proc'::regclass, r.rngcanonical::oid),
      ('pg_class'::regclass, c.oid)) AS made (class, oid)
    WHERE b.class = 'pg_type'::regclass AND t.oid = b.oid
    UNION ALL
    SELECT d.refclassid, d.refobjid
    FROM pg_constraint AS k JOIN pg_depend AS d ON d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
    WHERE b.class = 'pg_type'::regclass AND k.contypid = b.oid
    UNION ALL
    SELECT named.class, named.oid
    FROM pg_proc AS f
    JOIN pg_language AS l ON l.oid = f.prolang AND l.lanname NOT IN ('internal', 'c')
    CROSS JOIN LATERAL (
      -- Every letter outside ASCII belongs to a word, whatever the database's locale takes for a letter.
      SELECT DISTINCT word
      FROM regexp_split_to_table(lower(f.prosrc), '[\u0001-#%%-/:-@\u005B-\u005E`{-\u007F]+') AS word
    ) AS said
    JOIN named ON named.name = said.word
    WHERE b.class = 'pg_proc'::regclass AND f.oid = b.oid
    UNION ALL
    -- A name that is no word stands between quotes.
    SELECT named.class, named.oid
    FROM pg_proc AS f
    JOIN pg_language AS l ON l.oid = f.prolang AND l.lanname NOT IN ('internal', 'c')
    JOIN named ON named.name ~ '[\u0001-#%%-/:-@\u005B-\u005E`{-\u007F]'
      AND position(replace(named.name, '"', '""') IN lower(f.prosrc)) > 0
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
                       'pg_type'::regclass, 'pg_collation'::regclass, 'pg_ts_config'::regclass,
                       'pg_ts_dict'::regclass)
    AND next.oid >= 16384
), relation AS (
  SELECT c.*, format('%%I.%%I', n.nspname, c.relname) AS name
  FROM below AS b JOIN pg_class AS c ON c.oid = b.oid JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE b.class = 'pg_class'::regclass AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
), function AS (
  SELECT p.*
  FROM below AS b JOIN pg_proc AS p ON p.oid = b.oid
  WHERE b.class = 'pg_proc'::regclass
), type AS (
  SELECT t.* FROM below AS b JOIN pg_type AS t ON t.oid = b.oid WHERE b.class = 'pg_type'::regclass
), role AS (
  SELECT r.*, r.rolname = current_user AS reads
  FROM pg_roles AS r
  WHERE r.rolname = current_user
     OR r.oid IN (SELECT relowner FROM relation UNION SELECT proowner FROM function)
), part (name, said) AS (
  SELECT 'VIEW ' || v.name,
         format(E'owner %%I\noptions %%s', pg_get_userbyid(v.relowner), coalesce(v.reloptions, '{}'))
         || CASE v.relkind WHEN 'm' THEN E'\nmaterialized' ELSE '' END
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
           SELECT string_agg(format(E'\ncollation %%I %%s', a.attname, a.attcollation::regcollation), ''
                             ORDER BY a.attnum)
           FROM pg_attribute AS a JOIN pg_type AS y ON y.oid = a.atttypid
           WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attcollation <> y.typcollation), '')
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
  SELECT 'OPERATOR ' || o.oid::regoperator,
         o.oprcode::regprocedure::text
         || CASE WHEN o.oprcom <> 0 THEN format(E'\ncommutator %%s', o.oprcom::regoperator) ELSE '' END
         || CASE WHEN o.oprnegate <> 0 THEN format(E'\nnegator %%s', o.oprnegate::regoperator) ELSE '' END
  FROM below AS b JOIN pg_operator AS o ON o.oid = b.oid WHERE b.class = 'pg_operator'::regclass
  UNION ALL
  SELECT format('CAST %%s as %%s', c.castsource::regtype, c.casttarget::regtype),
         format('%%s %%s %%s', c.castfunc::regprocedure, c.castcontext, c.castmethod)
  FROM below AS b JOIN pg_cast AS c ON c.oid = b.oid WHERE b.class = 'pg_cast'::regclass
  UNION ALL
  SELECT 'TYPE ' || t.oid::regtype,
         format('%%s %%s', format_type(nullif(t.typbasetype, 0), t.typtypmod),
                ARRAY(SELECT e.enumlabel FROM pg_enum AS e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder))
         || CASE WHEN t.typnotnull THEN E'\nnot null' ELSE '' END
         || coalesce((
           SELECT E'\ncollation ' || t.typcollation::regcollation
           FROM pg_type AS y WHERE y.oid = t.typbasetype AND y.typcollation <> t.typcollation), '')
         || coalesce((
           SELECT string_agg(format(E'\n%%I %%s', k.conname, pg_get_constraintdef(k.oid)), '' ORDER BY k.conname)
           FROM pg_constraint AS k WHERE k.contypid = t.oid), '')
  FROM type AS t WHERE t.typtype IN ('e', 'd')
  UNION ALL
  SELECT 'TYPE ' || t.oid::regtype,
         ARRAY(SELECT format('%%I %%s %%s', a.attname, format_type(a.atttypid, a.atttypmod),
                             nullif(a.attcollation, 0)::regcollation)
               FROM pg_attribute AS a
               WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)::text
  FROM type AS t JOIN pg_class AS c ON c.oid = t.typrelid AND c.relkind = 'c'
  UNION ALL
  SELECT 'TYPE ' || t.oid::regtype, format('of %%s, collation %%s', r.rngsubtype::regtype, r.rngcollation::regcollation)
  FROM type AS t JOIN pg_range AS r ON r.rngtypid = t.oid
  UNION ALL
  SELECT 'COLLATION ' || c.oid::regcollation,
         (to_jsonb(c) - '{oid,collname,collnamespace,collowner,collversion}'::text[])::text
  FROM below AS b JOIN pg_collation AS c ON c.oid = b.oid WHERE b.class = 'pg_collation'::regclass
  UNION ALL
  SELECT 'DICTIONARY ' || d.oid::regdictionary,
         format('%%s %%s', (SELECT tmplname FROM pg_ts_template AS x WHERE x.oid = d.dicttemplate), d.dictinitoption)
  FROM below AS b JOIN pg_ts_dict AS d ON d.oid = b.oid WHERE b.class = 'pg_ts_dict'::regclass
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
), line (said) AS (
  -- What is replaced is another row of the catalogue (xmin), also when it reads as before.
  SELECT format('%%s %%s %%s', c.class, c.oid, c.xmin)
  FROM (
    SELECT tableoid AS class, oid, xmin FROM pg_class UNION ALL
    SELECT tableoid, oid, xmin FROM pg_proc UNION ALL
    SELECT tableoid, oid, xmin FROM pg_operator UNION ALL
    SELECT tableoid, oid, xmin FROM pg_cast UNION ALL
    SELECT tableoid, oid, xmin FROM pg_type UNION ALL
    SELECT tableoid, oid, xmin FROM pg_collation UNION ALL
    SELECT tableoid, oid, xmin FROM pg_ts_config UNION ALL
    SELECT tableoid, oid, xmin FROM pg_ts_dict
  ) AS c JOIN below USING (class, oid)
  UNION ALL
  SELECT format('%%s of %%s %%s', c.class, c.oid, c.xmin)
  FROM (
    SELECT 'pg_class'::regclass::oid AS belongs, tableoid AS class, ev_class AS oid, xmin FROM pg_rewrite UNION ALL
    SELECT 'pg_class'::regclass, tableoid, polrelid, xmin FROM pg_policy UNION ALL
    SELECT 'pg_type'::regclass, tableoid, enumtypid, xmin FROM pg_enum UNION ALL
    SELECT 'pg_type'::regclass, tableoid, contypid, xmin FROM pg_constraint UNION ALL
    SELECT 'pg_ts_config'::regclass, tableoid, mapcfg, xmin FROM pg_ts_config_map
  ) AS c JOIN below AS b ON b.class = c.belongs AND b.oid = c.oid
  UNION ALL
  SELECT format('%%s member %%s %%s', m.roleid, m.member, m.xmin)
  FROM pg_auth_members AS m WHERE pg_has_role(m.member, 'MEMBER')
)
SELECT name, CASE WHEN length(said) <= 262144 THEN said
                  ELSE left(said, 65536) || E'\nsha256 of the whole '
                       || encode(sha256(convert_to(said, getdatabaseencoding())), 'hex') END AS said
FROM (
  SELECT name, said FROM part
  UNION ALL
  SELECT '', coalesce(string_agg(said, E'\n' ORDER BY said COLLATE "C"), '') FROM line
) AS told
ORDER BY name COLLATE "C"
