-- Undoes dispute_limit.sql.
DROP TRIGGER c_dispute_limit ON system_alerts;
DROP FUNCTION system_alerts_dispute_limit();
