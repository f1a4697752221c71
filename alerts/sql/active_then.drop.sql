-- Undoes active_then.sql.
ALTER FUNCTION alert_state_at(bigint) RESET work_mem;
DROP VIEW alert_active_as_of;
DROP FUNCTION alert_active_at(bigint);
