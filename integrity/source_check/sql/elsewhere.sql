-- Views of the contract's shape anywhere: our name first; whether the role may reach them.
SELECT n.nspname::text, c.relname::text, has_schema_privilege(n.oid, 'USAGE'),
       has_table_privilege(c.oid, 'SELECT'), c.oid
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname !~ '^pg_'
  AND (c.relname = %(name)s OR (
    SELECT count(*) FROM pg_attribute AS a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = ANY (%(columns)s)
  ) = cardinality(%(columns)s::text[]))
ORDER BY c.relname <> %(name)s, 1, 2
LIMIT 5
