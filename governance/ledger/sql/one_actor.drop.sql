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
