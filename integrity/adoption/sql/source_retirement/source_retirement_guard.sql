-- A retirement is written once, by a person. The head of the ledger first, as every writer does.
CREATE FUNCTION source_retirement_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'a retirement is never changed or deleted' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF governance_user_id() IS NULL THEN
    RAISE EXCEPTION 'nobody is acting: only a person retires a source' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM ledger_lock();
  RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON source_retirement
  FOR EACH STATEMENT EXECUTE FUNCTION source_retirement_guard();
