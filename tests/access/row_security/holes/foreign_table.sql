-- finding: RLS_UNPROTECTABLE
-- Splinter: foreign_table_in_api.
CREATE FOREIGN DATA WRAPPER foreign_table_wrapper;
CREATE SERVER foreign_table_server FOREIGN DATA WRAPPER foreign_table_wrapper;
CREATE FOREIGN TABLE remote (id int, user_id uuid) SERVER foreign_table_server;
GRANT SELECT ON remote TO authenticated;
