-- None of a time to come, nothing longer than a line; and where the person holds a role, as it is at that moment.
CREATE FUNCTION access_event_signed() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  NEW.at := least(NEW.at, clock_timestamp());
  NEW.agent := left(NEW.agent, 200);
  NEW.path := left(NEW.path, 200);
  NEW.method := left(NEW.method, 10);
  NEW.address := left(NEW.address, 64);
  NEW.request_id := left(NEW.request_id, 64);
  NEW.sources := coalesce(
    (SELECT array_agg(r.source::text ORDER BY r.source) FROM source_role AS r WHERE r.user_id = NEW.person), '{}');
  RETURN NEW;
END $$;

CREATE TRIGGER c_signed BEFORE INSERT ON access_event
  FOR EACH ROW EXECUTE FUNCTION access_event_signed();
ALTER TABLE access_event ENABLE ALWAYS TRIGGER c_signed;
