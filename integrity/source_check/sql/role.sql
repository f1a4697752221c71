-- What the role is, and which stronger roles it may become.
SELECT r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolreplication,
       ARRAY(
         SELECT other.rolname::text FROM pg_roles AS other
         WHERE other.oid <> r.oid AND NOT r.rolsuper AND pg_has_role(r.oid, other.oid, 'MEMBER')
           AND (other.rolsuper OR other.rolbypassrls OR other.rolcreaterole
                OR other.rolname IN ('pg_write_all_data', 'pg_execute_server_program',
                                     'pg_write_server_files', 'pg_read_server_files'))
         ORDER BY 1)
FROM pg_roles AS r
WHERE r.rolname = current_user
