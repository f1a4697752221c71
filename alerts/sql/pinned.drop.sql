ALTER FUNCTION system_alerts_guard() RESET search_path;
ALTER FUNCTION system_alerts_guard_rule_version() RESET search_path;
ALTER FUNCTION system_alerts_guard_sighting() RESET search_path;
ALTER FUNCTION system_alerts_opened() RESET search_path;
ALTER FUNCTION system_alerts_changed() RESET search_path;
ALTER FUNCTION alert_comment_guard() RESET search_path;
