-- Who and when come from the session, never from the statement; and a row names whom it tells.
CREATE FUNCTION notification_route_signed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT (CASE NEW.target WHEN 'ROLE' THEN NEW.role <> '' WHEN 'PERSON' THEN NEW.person_id IS NOT NULL
                         WHEN 'CHANNEL' THEN NEW.channel_id IS NOT NULL ELSE true END) THEN
    RAISE check_violation USING MESSAGE = 'a row of the routing names whom it tells';
  END IF;
  NEW.made_by := governance_user_id();
  NEW.made_at := greatest(ledger_lock(), statement_timestamp());
  RETURN NEW;
END $$;

CREATE TRIGGER b_signed BEFORE INSERT ON notification_route
  FOR EACH ROW EXECUTE FUNCTION notification_route_signed();
