-- Undoes record.sql.
DROP TRIGGER z_record_changed ON system_alerts;
DROP TRIGGER z_record_opened ON system_alerts;
DROP FUNCTION system_alerts_record_changed();
DROP FUNCTION system_alerts_record_opened();
DROP FUNCTION alert_delta(jsonb, jsonb, jsonb);
