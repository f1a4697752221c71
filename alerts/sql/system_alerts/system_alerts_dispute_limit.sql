-- A dispute about a critical alert waits 90 days at most (alerts/models.py, DISPUTE_DAYS): one signature is enough
-- for it, and a day in the year 9999 would silence the alert for good. It may be disputed again: then with its age.
CREATE FUNCTION system_alerts_dispute_limit() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- In the zone where it is latest: which one the console shows, no session of a person's is believed to know.
  IF NEW.accepted_until > (statement_timestamp() AT TIME ZONE 'Etc/GMT-14')::date + 90 THEN
    RAISE EXCEPTION 'a dispute about a critical alert waits 90 days at most'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'alert_dispute_limit';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER c_dispute_limit BEFORE UPDATE OF status ON system_alerts
  FOR EACH ROW
  WHEN (OLD.status <> 'RESOLVED' AND NEW.status = 'RESOLVED' AND NEW.severity = 'CRITICAL'
        AND NEW.resolution_decision = 'LITIGE')
  EXECUTE FUNCTION system_alerts_dispute_limit();
