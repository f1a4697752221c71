-- A turn is said, never changed: another that is said later holds. The head of the ledger first, as every writer does.
CREATE FUNCTION on_call_turn_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'a turn is never changed or deleted: say another' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM ledger_lock();
  RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON on_call_turn
  FOR EACH STATEMENT EXECUTE FUNCTION on_call_turn_guard();
