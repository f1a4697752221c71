-- A baseline is signed once, by a person, about an audit of the same source that looked; who and when come from the
-- session.
CREATE FUNCTION row_security_baseline_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'a baseline is never changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF governance_user_id() IS NULL THEN
    RAISE EXCEPTION 'nobody is acting: only a person approves' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NOT EXISTS (SELECT FROM row_security_audit AS a WHERE a.id = NEW.audit_id AND a.source = NEW.source AND a.looked) THEN
    RAISE EXCEPTION 'no such audit of this source' USING ERRCODE = 'foreign_key_violation';
  END IF;
  NEW.approved_by := governance_user_id();
  NEW.approved_at := greatest(ledger_lock(), statement_timestamp());
  RETURN NEW;
END $$;

CREATE TRIGGER b_signed BEFORE INSERT OR UPDATE OR DELETE ON row_security_baseline
  FOR EACH ROW EXECUTE FUNCTION row_security_baseline_guard();
