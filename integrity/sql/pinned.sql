-- Names are looked up where the program put them, whatever search_path a session, a role or the database sets.
ALTER FUNCTION integrity_rule_proof_guard() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION integrity_scan_guard() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION integrity_view_definition_guard() SET search_path = pg_catalog, public, pg_temp;
