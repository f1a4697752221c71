-- A scan's row is evidence: written once by the machine, never changed, and entered in the ledger, where
-- it also stands for all the alerts that it saw again unchanged.
CREATE FUNCTION integrity_scan_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'the record of a scan is never changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF governance_system() IS NULL THEN
    RAISE EXCEPTION 'only the machine records a scan' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM ledger_lock();
  RETURN NULL;
END $$;

CREATE FUNCTION integrity_scan_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
  PERFORM ledger_append(ARRAY[ROW(
    NEW.source, 'scan', NEW.id::text, NULL, 'scan.' || lower(NEW.outcome), NULL,
    to_jsonb(NEW) - 'id' - 'outcome')::ledger_draft]);
  RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON integrity_scan
  FOR EACH STATEMENT EXECUTE FUNCTION integrity_scan_guard();
CREATE TRIGGER z_record AFTER INSERT ON integrity_scan
  FOR EACH ROW EXECUTE FUNCTION integrity_scan_record();

ALTER TABLE integrity_scan ENABLE ROW LEVEL SECURITY;
ALTER TABLE integrity_scan FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON integrity_scan
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON integrity_scan FOR SELECT
  USING (source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
