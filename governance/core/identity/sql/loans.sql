-- What is lent is judged by the clock when it is used. A statement that waited for the ledger's lock is judged
-- after it has the lock, so nothing is done by a delegation that ended while it waited. And it is lent for as long
-- as the lender could do it: nobody lends from a closed account, or a right that is no longer theirs.

-- Whether somebody may act on a source by a role of their own.
CREATE FUNCTION delegation_is_theirs(person uuid, on_source text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT EXISTS (
    SELECT FROM source_role sr
    JOIN governance_user u ON u.id = sr.user_id AND u.is_active
    JOIN role_permission rp ON rp.role = sr.role AND rp.permission = 'act'
    WHERE sr.user_id = person
      AND (sr.source = on_source OR on_source = 'console' AND sr.role = 'admin'))
$$;

-- identity.sql explains it. Not statement_timestamp(), which is the instant before the wait.
CREATE OR REPLACE FUNCTION governance_sources(wanted text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT CASE WHEN wanted <> 'act' THEN governance_own_sources(wanted) ELSE (
    SELECT coalesce(array_agg(DISTINCT source), '{}')
    FROM (
      SELECT unnest(governance_own_sources(wanted)) AS source
      UNION ALL
      SELECT d.source
      FROM delegation d
      JOIN source_role sr ON sr.user_id = d.holder_id AND sr.source = d.source AND sr.role = 'gerant'
      JOIN governance_user u ON u.id = d.holder_id AND u.is_active
      WHERE d.holder_id = nullif(current_setting('governance.user_id', true), '')::uuid
        AND d.ends_at > clock_timestamp()
        AND delegation_is_theirs(d.granted_by, d.source)
    ) AS held) END
$$;

-- By whose right, and until when, the acting person may act on the sources on which no role of their own lets
-- them. `since`: of loans that lasted at that instant or later the newest.
CREATE FUNCTION governance_loans(since timestamptz) RETURNS TABLE (source text, lender uuid, ends_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT DISTINCT ON (d.source) d.source, d.granted_by, d.ends_at
  FROM delegation d
  JOIN source_role sr ON sr.user_id = d.holder_id AND sr.source = d.source AND sr.role = 'gerant'
  JOIN governance_user u ON u.id = d.holder_id AND u.is_active
  WHERE d.holder_id = nullif(current_setting('governance.user_id', true), '')::uuid
    AND d.ends_at > since AND delegation_is_theirs(d.granted_by, d.source)
    AND d.source <> ALL (governance_own_sources('act'))
  ORDER BY d.source, d.created_at DESC
$$;

-- delegations.sql explains both. A loan that is ended ends when the lock is won, so what its holder did before
-- that was done while it lasted. ledger_lock refuses each row to anybody but who began the statement, and what the
-- policies ask is asked again of that person: a policy would be content with an identity that was borrowed.
CREATE OR REPLACE FUNCTION delegation_lent() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM trigger_serves('public.delegation', TG_RELID);
  PERFORM ledger_lock();
  NEW.created_at := clock_timestamp();
  IF NEW.ends_at <= clock_timestamp() OR NEW.ends_at > clock_timestamp() + interval '90 days' THEN
    RAISE EXCEPTION 'a delegation ends within the next 90 days' USING ERRCODE = 'check_violation';
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
  -- No race: the ledger's head is locked already, by the trigger before the statement.
  IF EXISTS (
    SELECT FROM delegation d
    WHERE d.holder_id = NEW.holder_id AND d.source = NEW.source AND d.ends_at > clock_timestamp()) THEN
    RAISE EXCEPTION 'this person already holds one here; end it first' USING ERRCODE = 'unique_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION delegation_ended() RETURNS trigger
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
  IF (NEW.id, NEW.holder_id, NEW.source, NEW.granted_by, NEW.created_at)
     IS DISTINCT FROM (OLD.id, OLD.holder_id, OLD.source, OLD.granted_by, OLD.created_at) THEN
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

DROP TRIGGER c_ended ON delegation;
CREATE TRIGGER c_ended BEFORE UPDATE OR DELETE ON delegation
  FOR EACH ROW EXECUTE FUNCTION delegation_ended();
