-- What a delegation may say, whoever writes it: lent to an active gerant of the source, from now or a day within 90 days, for
-- at most 90 days, one at a time, by somebody who may act there by an own role and says why. As the owner: the lender sees no other account.
-- ledger_lock refuses each row to anybody but who began the statement, and what the policies ask is asked again of that
-- person: a policy would be content with an identity that was borrowed.
CREATE FUNCTION delegation_lent() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM trigger_serves('public.delegation', TG_RELID);
  PERFORM ledger_lock();
  NEW.created_at := clock_timestamp();
  NEW.starts_at := greatest(NEW.starts_at, clock_timestamp());
  NEW.reason := btrim(NEW.reason);
  IF NEW.starts_at > clock_timestamp() + interval '90 days' THEN
    RAISE EXCEPTION 'a delegation begins within the next 90 days' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.ends_at <= NEW.starts_at OR NEW.ends_at > NEW.starts_at + interval '90 days' THEN
    RAISE EXCEPTION 'a delegation ends within 90 days of its start' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (
    SELECT FROM source_role sr JOIN governance_user u ON u.id = sr.user_id AND u.is_active
    WHERE sr.user_id = NEW.holder_id AND sr.source = NEW.source AND sr.role = 'gerant') THEN
    RAISE EXCEPTION 'only a gerant of the source may hold a delegation' USING ERRCODE = 'check_violation';
  END IF;
  IF coalesce(governance_system(), '') NOT IN ('accounts', 'demo', 'install')
     AND NOT delegation_is_theirs(NEW.granted_by, NEW.source) THEN
    RAISE EXCEPTION 'who may not act there by an own role lends nothing' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF char_length(NEW.reason) > 500 OR NEW.reason = '' AND governance_system() IS NULL THEN
    RAISE EXCEPTION 'who lends says why, in at most 500 characters' USING ERRCODE = 'check_violation';
  END IF;
  -- No race: the ledger's head is locked already, by the trigger before the statement.
  IF EXISTS (
    SELECT FROM delegation d
    WHERE d.holder_id = NEW.holder_id AND d.source = NEW.source AND d.ends_at > clock_timestamp()
      AND (d.starts_at, d.ends_at) OVERLAPS (NEW.starts_at, NEW.ends_at)) THEN
    RAISE EXCEPTION 'this person already holds one here for a part of that time; end it first' USING ERRCODE = 'unique_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER c_lent BEFORE INSERT ON delegation
  FOR EACH ROW EXECUTE FUNCTION delegation_lent();
