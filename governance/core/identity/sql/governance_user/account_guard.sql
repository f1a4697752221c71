-- Which columns a person may change: of the own account what harms nobody, of others what an administrator
-- manages. Nobody sets another's password, and only the machine makes staff or superusers, or removes an account.
CREATE FUNCTION account_guard() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  open text[] := '{}';
  unentered constant text[] := '{last_login,language,tour_dismissed_at,device_notice_at}';
BEGIN
  IF governance_system() IS NOT NULL AND governance_user_id() IS NOT NULL THEN
    RAISE insufficient_privilege USING MESSAGE = 'the machine or a person changes an account, not both';
  END IF;
  -- What leaves an entry is done by who began to write: ledger_lock refuses a row to anybody else.
  IF TG_OP IN ('INSERT', 'DELETE') OR to_jsonb(NEW) - unentered IS DISTINCT FROM to_jsonb(OLD) - unentered THEN
    PERFORM ledger_lock();
  END IF;
  IF TG_OP <> 'DELETE' AND char_length(NEW.language) > 20 THEN
    RAISE check_violation USING MESSAGE = 'a language is named by at most 20 characters';
  END IF;
  IF governance_system() IS NOT NULL THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  ELSIF TG_OP = 'DELETE' THEN
    RAISE insufficient_privilege USING MESSAGE = 'only the machine removes an account';
  ELSIF governance_user_id() IS NULL THEN
    RAISE insufficient_privilege USING MESSAGE = 'nobody is acting: no account changes';
  ELSIF TG_OP = 'INSERT' THEN
    -- Whoever opens an account reads these entries: they are the console's.
    IF EXISTS (SELECT FROM ledger_entry WHERE subject_type = 'user' AND subject_id = NEW.id::text) THEN
      RAISE insufficient_privilege USING MESSAGE = 'this id named somebody already, whose deeds it still names';
    END IF;
    IF governance_own_sources('administer') = '{}' OR NEW.is_staff OR NEW.is_superuser THEN
      RAISE insufficient_privilege USING MESSAGE = 'only who administers a source opens an account';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.id = governance_user_id() THEN
    open := open || ARRAY['password', 'last_login', 'language', 'tour_dismissed_at', 'device_notice_at'];
  END IF;
  IF governance_administers(OLD.id) THEN
    open := open || ARRAY['username', 'first_name', 'last_name', 'email', 'is_active'];
  END IF;
  IF to_jsonb(NEW) - open IS DISTINCT FROM to_jsonb(OLD) - open THEN
    RAISE insufficient_privilege USING
      MESSAGE = 'this person may not change that of this account',
      HINT = 'Only who administers every source on which somebody holds a role changes their account.';
  END IF;
  IF OLD.id = governance_user_id() AND OLD.is_active AND NOT NEW.is_active THEN
    RAISE insufficient_privilege USING MESSAGE = 'nobody closes the own account';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER c_account_guard BEFORE INSERT OR UPDATE OR DELETE ON governance_user
  FOR EACH ROW EXECUTE FUNCTION account_guard();
ALTER TABLE governance_user ENABLE ALWAYS TRIGGER c_account_guard;
