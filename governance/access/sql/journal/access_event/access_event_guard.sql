-- What is noted stays as it is for 90 days, for every role, the owner included.
CREATE FUNCTION access_event_guard() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' THEN
    IF OLD.at > clock_timestamp() - interval '90 days' THEN
      RAISE insufficient_privilege USING MESSAGE = 'a refusal is kept for 90 days';
    END IF;
    RETURN OLD;
  END IF;
  RAISE insufficient_privilege USING
    MESSAGE = format('%s on %s refused: the journal is only added to', TG_OP, TG_TABLE_NAME);
END $$;

CREATE TRIGGER a_guard BEFORE UPDATE OR TRUNCATE ON access_event
  FOR EACH STATEMENT EXECUTE FUNCTION access_event_guard();
CREATE TRIGGER b_guard_purge BEFORE DELETE ON access_event
  FOR EACH ROW EXECUTE FUNCTION access_event_guard();
ALTER TABLE access_event ENABLE ALWAYS TRIGGER a_guard;
ALTER TABLE access_event ENABLE ALWAYS TRIGGER b_guard_purge;
