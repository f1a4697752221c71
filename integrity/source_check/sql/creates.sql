-- Where the role may create objects: schemas, and the database itself.
SELECT 'SCHEMA ' || quote_ident(nspname) FROM pg_namespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  AND has_schema_privilege(oid, 'USAGE') AND has_schema_privilege(oid, 'CREATE')
UNION ALL
SELECT 'DATABASE ' || quote_ident(current_database())
WHERE has_database_privilege(current_database(), 'CREATE')
ORDER BY 1
