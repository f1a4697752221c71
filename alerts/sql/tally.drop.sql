-- Undoes tally.sql; the table goes with its model.
DROP TRIGGER z_tally_opened ON system_alerts;
DROP TRIGGER z_tally_changed ON system_alerts;
DROP FUNCTION alert_tally_opened();
DROP FUNCTION alert_tally_changed();
DROP POLICY machine ON alert_tally;
DROP POLICY seen ON alert_tally;
ALTER TABLE alert_tally DISABLE ROW LEVEL SECURITY;
