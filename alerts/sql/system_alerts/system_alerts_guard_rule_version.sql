-- By which version of its rule an anomaly was found is a scan's to say. It sets it with what it saw, so every entry of
-- the ledger that opens or reopens an alert knows it, and one that closes an alert because its rule changed
-- has the old version before and the new one after.
CREATE FUNCTION system_alerts_guard_rule_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'only a scan says by which rule an anomaly was found'
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER a_guard_rule_version BEFORE UPDATE OF rule_version ON system_alerts
  FOR EACH ROW
  WHEN (NEW.rule_version IS DISTINCT FROM OLD.rule_version AND governance_system() IS NULL)
  EXECUTE FUNCTION system_alerts_guard_rule_version();
