-- The summary stands in the ledger before the rows go, in one transaction; and what goes is what it counted, or nothing.
CREATE FUNCTION scan_summary_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  gone bigint;
BEGIN
  PERFORM trigger_serves('public.scan_summary', TG_RELID);
  PERFORM ledger_action_check('scan.summary', 'scan_summary', NEW.source);
  PERFORM ledger_append(ARRAY[ROW(
    NEW.source, 'scan_summary', NEW.id::text, NULL, 'scan.summary', NULL,
    to_jsonb(NEW) - '{id,source,thinned_at}'::text[])::ledger_draft]);
  DELETE FROM integrity_scan AS s USING scans_quiet(NEW.source, NEW.day) AS q WHERE s.id = q.id;
  GET DIAGNOSTICS gone = ROW_COUNT;
  IF gone <> NEW.scans THEN
    RAISE EXCEPTION '% rows to delete, and % were summed up', gone, NEW.scans;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER z_record AFTER INSERT ON scan_summary
  FOR EACH ROW EXECUTE FUNCTION scan_summary_record();
