-- Undoes sighting.sql.
DROP TRIGGER z_record_seen ON system_alerts;
DROP FUNCTION system_alerts_record_seen();
