-- What each of these roles ('public': whoever has nothing of his own) may do with each table, by right alone.
SELECT r.role, n.nspname AS schema, c.relname AS relation,
  ARRAY(
    SELECT v.verb FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) WITH ORDINALITY AS v (verb, place)
    WHERE has_table_privilege(r.role, c.oid, v.verb)
       OR v.verb IN ('SELECT', 'INSERT', 'UPDATE') AND has_any_column_privilege(r.role, c.oid, v.verb)
    ORDER BY v.place
  ) AS verbs,
  ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND has_column_privilege(r.role, c.oid, a.attnum, 'SELECT') ORDER BY a.attnum) AS readable,
  ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND has_column_privilege(r.role, c.oid, a.attnum, 'UPDATE') ORDER BY a.attnum) AS writable
FROM unnest(%(roles)s::text[]) AS r (role)
CROSS JOIN pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND has_schema_privilege(r.role, n.oid, 'USAGE')
  AND (has_any_column_privilege(r.role, c.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege(r.role, c.oid, 'DELETE, TRUNCATE'))
ORDER BY 1, 2, 3
