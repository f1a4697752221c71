-- No transaction ends with counts or sightings of its own that nobody else sees.
CREATE FUNCTION alert_settled() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_RELID NOT IN ('public.alert_moved'::regclass, 'public.alert_seen'::regclass) THEN
    PERFORM trigger_serves('public.alert_moved', TG_RELID);
  END IF;
  IF EXISTS (SELECT FROM alert_moved WHERE id = NEW.id AND TG_TABLE_NAME = 'alert_moved')
     OR EXISTS (SELECT FROM alert_seen WHERE id = NEW.id AND TG_TABLE_NAME = 'alert_seen') THEN
    PERFORM alert_settle();
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER alert_moved_settled AFTER INSERT ON alert_moved
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION alert_settled();
CREATE CONSTRAINT TRIGGER alert_seen_settled AFTER INSERT ON alert_seen
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION alert_settled();
