-- A scan is entered in the ledger, where it also stands for all the alerts that it saw again unchanged: by the identity
-- alone that computes it (ledger_action).
CREATE FUNCTION integrity_scan_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
  PERFORM trigger_serves('public.integrity_scan', TG_RELID);
  PERFORM ledger_action_check('scan.' || lower(NEW.outcome), 'scan', NEW.source);
  PERFORM ledger_append(ARRAY[ROW(
    NEW.source, 'scan', NEW.id::text, NULL, 'scan.' || lower(NEW.outcome), NULL,
    to_jsonb(NEW) - 'id' - 'outcome')::ledger_draft]);
  RETURN NULL;
END $$;

CREATE TRIGGER z_record AFTER INSERT ON integrity_scan
  FOR EACH ROW EXECUTE FUNCTION integrity_scan_record();
