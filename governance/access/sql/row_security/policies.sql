-- Every policy with its roles and conditions, as PostgreSQL writes them.
SELECT schemaname::text AS schema, tablename::text AS relation, policyname::text AS name, permissive = 'PERMISSIVE' AS is_permissive,
  roles::text[] AS roles, cmd AS command, coalesce(qual, '') AS using, coalesce(with_check, '') AS checking
FROM pg_policies ORDER BY 1, 2, 3
