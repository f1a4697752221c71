-- Scans in the order in which they were inserted, which no clock can change: `number` grows with each scan of a source,
-- because two scans of one source never run at once. Whatever the statement says, the sequence numbers the scan: an
-- identity column would obey OVERRIDING SYSTEM VALUE, and no scan would ever come after the greatest number. The sequence
-- is granted to nobody.
CREATE FUNCTION integrity_scan_numbered() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM trigger_serves('public.integrity_scan', TG_RELID);
  NEW.number := nextval('public.integrity_scan_number_seq');
  RETURN NEW;
END $$;

CREATE TRIGGER b_numbered BEFORE INSERT ON integrity_scan
  FOR EACH ROW EXECUTE FUNCTION integrity_scan_numbered();
ALTER TABLE integrity_scan ENABLE ALWAYS TRIGGER b_numbered;
