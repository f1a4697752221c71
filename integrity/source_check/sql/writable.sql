-- Tables and views that the role may change, itself or by a column, and those that it owns.
SELECT format('%I.%I', n.nspname, c.relname), rights.held, c.relkind <> 'v',
       pg_has_role(c.relowner, 'USAGE'), count(*) OVER ()
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT coalesce(array_agg(p ORDER BY p), '{}') AS held
  FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS p
  WHERE has_table_privilege(c.oid, p)
     OR CASE WHEN p IN ('INSERT', 'UPDATE') THEN has_any_column_privilege(c.oid, p) END
) AS rights
WHERE c.relkind IN ('r', 'p', 'f', 'v')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
  AND has_schema_privilege(n.oid, 'USAGE')
  AND (rights.held <> '{}' OR pg_has_role(c.relowner, 'USAGE'))
ORDER BY 1
LIMIT 10
