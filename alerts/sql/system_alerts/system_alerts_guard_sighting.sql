-- Re-sighting (`last_detected_at` alone) leaves one ledger entry per scan, so no person may do it. Called
-- for no row of a scan and for no row that keeps its instant (see the trigger's condition).
CREATE FUNCTION system_alerts_guard_sighting() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'only a scan says when an anomaly was last seen'
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER a_guard_sighting BEFORE UPDATE OF last_detected_at ON system_alerts
  FOR EACH ROW
  WHEN (NEW.last_detected_at IS DISTINCT FROM OLD.last_detected_at AND governance_system() IS NULL)
  EXECUTE FUNCTION system_alerts_guard_sighting();
