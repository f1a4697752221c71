-- Undoes one_actor.sql: the function as append.sql has it.
CREATE OR REPLACE FUNCTION ledger_lock() RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  me constant bigint := pg_current_xact_id()::text::bigint;
  instant timestamptz;
BEGIN
  -- A restored dump may hold our number from another life, hence the second condition.
  SELECT at INTO instant FROM ledger_head WHERE writer = me AND at >= transaction_timestamp();
  IF FOUND THEN
    RETURN instant;
  END IF;
  PERFORM FROM ledger_head FOR UPDATE;
  PERFORM set_config('governance.ledger_door', 'open', true);
  UPDATE ledger_head SET at = greatest(at, clock_timestamp()), writer = me RETURNING at INTO instant;
  PERFORM set_config('governance.ledger_door', '', true);
  RETURN instant;
END $$;

CREATE OR REPLACE FUNCTION ledger_may_grant() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  administered text[];
BEGIN
  IF governance_system() IS NULL THEN
    administered := governance_own_sources('administer');
    IF (TG_OP <> 'INSERT' AND OLD.source <> ALL (administered))
       OR (TG_OP <> 'DELETE' AND NEW.source <> ALL (administered)) THEN
      RAISE insufficient_privilege USING MESSAGE = 'only who administers a source grants a role on it';
    END IF;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
