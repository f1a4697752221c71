"""Everything of a console's schema that a definition can differ in, one text each."""

import psycopg

QUERY = r"""
SELECT 'function ' || p.oid::regprocedure, pg_get_functiondef(p.oid) || coalesce(p.proacl::text, '')
FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind <> 'a'
UNION ALL
SELECT 'function ' || p.oid::regprocedure,
  concat_ws(' ', a.aggtransfn, a.aggfinalfn, a.aggtranstype::regtype, a.agginitval, p.proparallel, p.proacl)
FROM pg_proc p JOIN pg_aggregate a ON a.aggfnoid = p.oid WHERE p.pronamespace = 'public'::regnamespace
UNION ALL
SELECT 'trigger ' || t.tgname || ' on ' || t.tgrelid::regclass, pg_get_triggerdef(t.oid) || t.tgenabled::text
FROM pg_trigger t WHERE NOT t.tgisinternal
UNION ALL
SELECT 'policy ' || policyname || ' on ' || tablename,
  concat_ws(' | ', permissive, roles::text, cmd, qual, with_check)
FROM pg_policies WHERE schemaname = 'public'
UNION ALL
SELECT 'view ' || viewname, definition FROM pg_views WHERE schemaname = 'public'
UNION ALL
SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'constraint ' || conrelid::regclass || ' ' || conname,
  -- a dump writes casts and brackets of a list otherwise
  regexp_replace(pg_get_constraintdef(oid), '::(text|character varying)(\[\])?|[()]', '', 'g')
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
UNION ALL
SELECT CASE c.relkind WHEN 'c' THEN 'type ' ELSE 'relation ' END || c.oid::regclass,
  concat_ws(' ', c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relacl)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'c', 'S')
UNION ALL
SELECT 'row security on ' || c.oid::regclass, ''
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity
UNION ALL
SELECT 'column ' || a.attrelid::regclass || ' ' || a.attname,
  concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated::text,
            a.attidentity::text, a.attacl::text, pg_get_expr(d.adbin, d.adrelid))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'c')
  AND a.attnum > 0 AND NOT a.attisdropped
"""


def definitions(connection: psycopg.Connection) -> dict[str, str]:
    """Text of each object's definition, by kind and name."""
    return dict(connection.execute(QUERY).fetchall())
