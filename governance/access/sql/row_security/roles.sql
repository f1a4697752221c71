-- Every role that is not PostgreSQL's own, and the roles whose rights it may take.
SELECT
  r.rolname AS name,
  r.rolsuper AS is_superuser,
  r.rolsuper OR r.rolbypassrls AS bypasses,
  r.rolcanlogin AS can_login,
  r.oid = 10 AS is_bootstrap,
  ARRAY(
    SELECT g.rolname::text FROM pg_roles g
    WHERE g.oid <> r.oid AND NOT r.rolsuper AND pg_has_role(r.oid, g.oid, 'MEMBER') AND g.rolname !~ '^pg_' ORDER BY 1
  ) AS member_of,
  coalesce((SELECT s.setconfig FROM pg_db_role_setting s WHERE s.setrole = r.oid ORDER BY s.setdatabase DESC LIMIT 1), '{}') AS settings
FROM pg_roles r
WHERE r.rolname !~ '^pg_'
ORDER BY r.rolname
