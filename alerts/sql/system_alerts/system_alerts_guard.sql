-- Before any row is locked: somebody must be acting, and the ledger's head is taken first, so that two
-- writers can never wait for each other's rows while one holds the head. A scan that writes much takes its rows first and
-- the head last (ledger_later): a person's statement that meets such a row gives up at once, and with it the head; the
-- pages ask beforehand (alert_free).
CREATE FUNCTION system_alerts_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
    RAISE EXCEPTION 'an alert is never deleted' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF governance_system() IS NOT NULL AND governance_user_id() IS NOT NULL THEN
    RAISE EXCEPTION 'both governance.user_id and governance.system are set: one of them acts'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF governance_system() IS NULL THEN
    IF governance_user_id() IS NULL THEN
      RAISE EXCEPTION 'nobody is acting: governance.user_id and governance.system are empty'
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'INSERT' THEN
      RAISE EXCEPTION 'only a scan opens an alert' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF governance_sources('act') = '{}' AND governance_sources('comment') = '{}' THEN
      RAISE EXCEPTION 'this person may not change an alert' USING ERRCODE = 'insufficient_privilege';
    END IF;
  END IF;
  PERFORM ledger_lock();
  IF governance_system() IS NULL THEN
    PERFORM set_config('lock_timeout', '100ms', true);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON system_alerts
  FOR EACH STATEMENT EXECUTE FUNCTION system_alerts_guard();
