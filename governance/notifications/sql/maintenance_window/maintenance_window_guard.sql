-- A window is opened by a person, now or later, for 31 days at most, and can only be ended early: what was silent stays
-- known. Actor and instants are the session's.
CREATE FUNCTION maintenance_window_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  asked constant maintenance_window := NEW;
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.made_by := governance_user_id();
    NEW.made_at := greatest(ledger_lock(), statement_timestamp());
    IF NEW.made_by IS NOT NULL THEN
      NEW.starts_at := greatest(NEW.starts_at, NEW.made_at);
    END IF;
    IF NEW.ends_at > NEW.starts_at + interval '31 days' THEN
      RAISE check_violation USING MESSAGE = 'a maintenance window lasts 31 days at most';
    END IF;
    IF char_length(NEW.reason) > 500 OR btrim(NEW.reason) = '' THEN
      RAISE check_violation USING MESSAGE = 'a maintenance window says why, in at most 500 characters';
    END IF;
    RETURN NEW;
  END IF;
  NEW := OLD;
  NEW.ends_at := least(OLD.ends_at, greatest(asked.ends_at, ledger_lock()));
  IF NEW.ends_at < NEW.starts_at THEN
    NEW.ends_at := NEW.starts_at;
  END IF;
  IF asked.ends_at < OLD.ends_at AND OLD.starts_at > ledger_lock() THEN
    NEW.ends_at := OLD.starts_at;  -- it had not begun
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER b_guard BEFORE INSERT OR UPDATE ON maintenance_window
  FOR EACH ROW EXECUTE FUNCTION maintenance_window_guard();
