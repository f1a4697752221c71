-- What an administrator sets up is in the ledger, but for the secret, of which it only says that it is another. That a
-- worker holds a channel, and since when it fails, is no such thing.
CREATE FUNCTION channel_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  made constant boolean := TG_OP = 'INSERT';
  before jsonb;
  after jsonb;
BEGIN
  PERFORM trigger_serves('public.channel', TG_RELID);
  after := to_jsonb(NEW) - '{id,secret,created_at,busy_until,failing_since}'::text[];
  IF NOT made THEN
    before := to_jsonb(OLD) - '{id,secret,created_at,busy_until,failing_since}'::text[];
    IF NEW.secret IS DISTINCT FROM OLD.secret THEN
      after := after || '{"secret_changed": true}';
    END IF;
    IF after = before THEN
      RETURN NULL;
    END IF;
  END IF;
  PERFORM ledger_append(ARRAY[ROW('console', 'channel', NEW.id::text, NULL,
    CASE WHEN made THEN 'channel.create' ELSE 'channel.change' END, before, after)::ledger_draft]);
  RETURN NULL;
END $$;

CREATE TRIGGER z_record AFTER INSERT OR UPDATE ON channel
  FOR EACH ROW EXECUTE FUNCTION channel_record();
