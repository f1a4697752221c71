-- A delegation that was lent can only end earlier, and never before the present; one that has not begun then never does. It ends when the lock is won, so what
-- its holder did before that was done while it lasted.
-- Asked again of who began the statement, as in delegation_lent.sql.
CREATE FUNCTION delegation_ended() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM ledger_lock();
  IF governance_system() IS NULL AND (TG_OP = 'DELETE' OR OLD.source <> ALL (governance_own_sources('act'))) THEN
    RAISE EXCEPTION 'only who may act there by an own role ends a delegation, and nobody removes one'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF to_jsonb(NEW) - 'ends_at' IS DISTINCT FROM to_jsonb(OLD) - 'ends_at' THEN
    RAISE EXCEPTION 'a delegation is ended, not rewritten' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.ends_at > OLD.ends_at OR NEW.ends_at < OLD.ends_at AND OLD.ends_at <= clock_timestamp() THEN
    RAISE EXCEPTION 'a delegation can only end earlier, while it lasts; lend anew instead'
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.ends_at < OLD.ends_at THEN
    NEW.ends_at := greatest(NEW.ends_at, clock_timestamp());
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER c_ended BEFORE UPDATE OR DELETE ON delegation
  FOR EACH ROW EXECUTE FUNCTION delegation_ended();
