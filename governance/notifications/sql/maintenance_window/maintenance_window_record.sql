-- That nobody was written to, since when, until when and why, is in the ledger of the source.
CREATE FUNCTION maintenance_window_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM trigger_serves('public.maintenance_window', TG_RELID);
  IF TG_OP = 'INSERT' THEN
    PERFORM ledger_append(ARRAY[ROW(NEW.source, 'maintenance', NEW.id::text, nullif(NEW.check_code, ''),
      'maintenance.open', NULL,
      jsonb_build_object('starts_at', NEW.starts_at, 'ends_at', NEW.ends_at, 'note', NEW.reason))::ledger_draft]);
  ELSIF NEW.ends_at IS DISTINCT FROM OLD.ends_at THEN
    PERFORM ledger_append(ARRAY[ROW(NEW.source, 'maintenance', NEW.id::text, nullif(NEW.check_code, ''),
      'maintenance.end', jsonb_build_object('ends_at', OLD.ends_at),
      jsonb_build_object('ends_at', NEW.ends_at))::ledger_draft]);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER z_record AFTER INSERT OR UPDATE ON maintenance_window
  FOR EACH ROW EXECUTE FUNCTION maintenance_window_record();
