-- A summary is evidence of what its day was: made once by the job that thins, never changed.
CREATE FUNCTION scan_summary_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'a summary is never changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF governance_system() IS DISTINCT FROM 'thin' OR governance_user_id() IS NOT NULL THEN
    RAISE EXCEPTION 'only the job that thins writes a summary' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM ledger_lock();
  RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON scan_summary
  FOR EACH STATEMENT EXECUTE FUNCTION scan_summary_guard();
