-- An account that the machine removes takes along what stands beside it: nobody else could see those rows to do so.
CREATE FUNCTION account_gone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM trigger_serves('public.governance_user', TG_RELID);
  DELETE FROM django_session WHERE session_key IN (SELECT name FROM person_session WHERE user_id = OLD.id);
  DELETE FROM person_session WHERE user_id = OLD.id;
  DELETE FROM person_link WHERE user_id = OLD.id;
  DELETE FROM person_device WHERE user_id = OLD.id;
  DELETE FROM mfa_authenticator WHERE user_id = OLD.id;
  RETURN OLD;
END $$;

CREATE TRIGGER d_account_gone BEFORE DELETE ON governance_user
  FOR EACH ROW EXECUTE FUNCTION account_gone();
