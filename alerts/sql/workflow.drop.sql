-- Undoes workflow.sql.
DROP TRIGGER b_changed ON system_alerts;
DROP TRIGGER b_opened ON system_alerts;
DROP TRIGGER a_guard_sighting ON system_alerts;
DROP TRIGGER a_guard ON system_alerts;
DROP FUNCTION system_alerts_changed();
DROP FUNCTION system_alerts_changed_by_person(system_alerts, system_alerts);
DROP FUNCTION system_alerts_changed_by_machine(system_alerts, system_alerts);
DROP FUNCTION system_alerts_opened();
DROP FUNCTION alert_assignable(text, text);
DROP FUNCTION system_alerts_guard_sighting();
DROP FUNCTION system_alerts_guard();
