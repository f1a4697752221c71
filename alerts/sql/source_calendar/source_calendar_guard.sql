-- A calendar is set, never changed: what was due by the former one can be told. The head of the ledger first, as every
-- writer does.
CREATE FUNCTION source_calendar_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'a calendar is never changed or deleted: set another' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM ledger_lock();
  RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON source_calendar
  FOR EACH STATEMENT EXECUTE FUNCTION source_calendar_guard();
