-- Author, time and source come from the session and the alert, never from the statement: signed by who began it, at the
-- instant of its entry. Source and `concerns` never change for an alert, so the comment keeps them and its policies need
-- no join.
CREATE FUNCTION alert_comment_signed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  SELECT a.source, a.concerns INTO NEW.source, NEW.concerns FROM system_alerts AS a WHERE a.id = NEW.alert_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no such alert' USING ERRCODE = 'insufficient_privilege';
  END IF;
  NEW.author := governance_user_id();
  NEW.at := greatest(ledger_lock(), statement_timestamp());
  RETURN NEW;
END $$;

CREATE TRIGGER b_signed BEFORE INSERT ON alert_comment
  FOR EACH ROW EXECUTE FUNCTION alert_comment_signed();
