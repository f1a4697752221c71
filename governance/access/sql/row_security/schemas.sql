-- Schemas that one of these roles may look into.
SELECT n.nspname FROM pg_namespace n
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND EXISTS (SELECT FROM unnest(%(roles)s::text[]) AS r (role) WHERE has_schema_privilege(r.role, n.oid, 'USAGE'))
ORDER BY 1
