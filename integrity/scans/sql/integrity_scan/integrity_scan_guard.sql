-- A scan's row is evidence: written once by the machine, never changed. It goes only with the summary that stands for it
-- (scan_summary_record.sql), deleted by that table's trigger.
CREATE FUNCTION integrity_scan_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' AND governance_system() = 'thin' AND governance_user_id() IS NULL AND pg_trigger_depth() > 1 THEN
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'the record of a scan is never changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF governance_system() IS NULL THEN
    RAISE EXCEPTION 'only the machine records a scan' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM ledger_lock();
  RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON integrity_scan
  FOR EACH STATEMENT EXECUTE FUNCTION integrity_scan_guard();
