-- Whose account is closed is out at once, whichever statement closes it: sessions and links end with it. A source keeps
-- an administrator all the same.
CREATE FUNCTION account_closed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM trigger_serves('public.governance_user', TG_RELID);
  PERFORM admin_remains(sr.source) FROM source_role sr WHERE sr.user_id = NEW.id AND sr.role = 'admin';
  PERFORM sessions_close(NEW.id, 'closed', NULL, NULL);
  DELETE FROM person_link WHERE user_id = NEW.id;
  RETURN NULL;
END $$;

CREATE TRIGGER y_account_closed AFTER UPDATE ON governance_user
  FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION account_closed();
ALTER TABLE governance_user ENABLE ALWAYS TRIGGER y_account_closed;
