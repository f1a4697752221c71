-- Who and when come from the session, never from the statement.
CREATE FUNCTION source_retirement_signed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.retired_by := governance_user_id();
  NEW.retired_at := greatest(ledger_lock(), statement_timestamp());
  RETURN NEW;
END $$;

CREATE TRIGGER b_signed BEFORE INSERT ON source_retirement
  FOR EACH ROW EXECUTE FUNCTION source_retirement_signed();
