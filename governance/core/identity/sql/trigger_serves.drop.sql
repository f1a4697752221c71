-- Undoes trigger_serves.sql.
DROP FUNCTION trigger_serves(regclass, oid);
