-- Names are looked up where the program put them, whatever search_path a session, a role or the database sets.
ALTER FUNCTION system_alerts_guard() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION system_alerts_guard_rule_version() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION system_alerts_guard_sighting() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION system_alerts_opened() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION system_alerts_changed() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION alert_comment_guard() SET search_path = pg_catalog, public, pg_temp;
