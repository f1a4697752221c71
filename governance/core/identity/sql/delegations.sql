-- What a delegation may say, whoever writes it: lent to an active gerant of the source, from now until a
-- day within 90 days, one at a time; afterwards it can only end earlier, and never before the present.

CREATE FUNCTION delegation_lent() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.created_at := statement_timestamp();
  IF NEW.ends_at <= statement_timestamp() OR NEW.ends_at > statement_timestamp() + interval '90 days' THEN
    RAISE EXCEPTION 'a delegation ends within the next 90 days' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (
    SELECT FROM source_role sr JOIN governance_user u ON u.id = sr.user_id AND u.is_active
    WHERE sr.user_id = NEW.holder_id AND sr.source = NEW.source AND sr.role = 'gerant') THEN
    RAISE EXCEPTION 'only a gerant of the source may hold a delegation' USING ERRCODE = 'check_violation';
  END IF;
  -- No race: the ledger's head is locked already, by the trigger before the statement.
  IF EXISTS (
    SELECT FROM delegation d
    WHERE d.holder_id = NEW.holder_id AND d.source = NEW.source AND d.ends_at > statement_timestamp()) THEN
    RAISE EXCEPTION 'this person already holds one here; end it first' USING ERRCODE = 'unique_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION delegation_ended() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.holder_id, NEW.source, NEW.granted_by, NEW.created_at)
     IS DISTINCT FROM (OLD.id, OLD.holder_id, OLD.source, OLD.granted_by, OLD.created_at) THEN
    RAISE EXCEPTION 'a delegation is ended, not rewritten' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.ends_at > OLD.ends_at OR NEW.ends_at < OLD.ends_at AND OLD.ends_at <= statement_timestamp() THEN
    RAISE EXCEPTION 'a delegation can only end earlier, while it lasts; lend anew instead'
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.ends_at < OLD.ends_at THEN
    NEW.ends_at := greatest(NEW.ends_at, statement_timestamp());
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER c_lent BEFORE INSERT ON delegation
  FOR EACH ROW EXECUTE FUNCTION delegation_lent();
CREATE TRIGGER c_ended BEFORE UPDATE ON delegation
  FOR EACH ROW EXECUTE FUNCTION delegation_ended();
