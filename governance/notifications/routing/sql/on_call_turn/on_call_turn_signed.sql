-- Who and when come from the session, never from the statement.
CREATE FUNCTION on_call_turn_signed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.made_by := governance_user_id();
  NEW.made_at := greatest(ledger_lock(), statement_timestamp());
  RETURN NEW;
END $$;

CREATE TRIGGER b_signed BEFORE INSERT ON on_call_turn
  FOR EACH ROW EXECUTE FUNCTION on_call_turn_signed();
