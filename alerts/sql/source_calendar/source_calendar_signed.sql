-- Who and when come from the session, never from the statement.
CREATE FUNCTION source_calendar_signed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.set_by := governance_user_id();
  NEW.at := greatest(ledger_lock(), statement_timestamp());
  RETURN NEW;
END $$;

CREATE TRIGGER b_signed BEFORE INSERT ON source_calendar
  FOR EACH ROW EXECUTE FUNCTION source_calendar_signed();
