-- Undoes loans.sql: the functions as they were before.
DROP TRIGGER c_ended ON delegation;
CREATE TRIGGER c_ended BEFORE UPDATE ON delegation
  FOR EACH ROW EXECUTE FUNCTION delegation_ended();
DROP FUNCTION governance_loans(timestamptz);
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
        AND d.ends_at > statement_timestamp()  -- not now(): no open transaction outlives it
    ) AS held) END
$$;

CREATE OR REPLACE FUNCTION delegation_lent() RETURNS trigger
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

CREATE OR REPLACE FUNCTION delegation_ended() RETURNS trigger
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

DROP FUNCTION delegation_is_theirs(uuid, text);
