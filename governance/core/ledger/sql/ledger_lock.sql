-- Take the head's lock until commit, and say at which instant this transaction's entries happened.
-- Called BEFORE STATEMENT, before any row of the changed table is locked: all writers then queue in
-- one place and cannot deadlock. The instant is the clock's when the lock was won, not the
-- transaction's start: nobody backdates an action by keeping a transaction open, and `at` never falls.
--
-- It also remembers beside the lock who took it, and refuses the same transaction to anybody else. Two signatures take
-- two transactions, and so does what a person asks and the machine does. A savepoint that is rolled back takes its lock
-- along, and with it what was written under it.
--
-- A transaction of the machine that said ledger_later() takes no lock here but a batch of its own: its rows carry the
-- instant at which it began to write, its entries the one at which it was sealed (ledger_seal).
CREATE FUNCTION ledger_lock() RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  me constant bigint := pg_current_xact_id()::text::bigint;
  acting constant text := coalesce(governance_user_id()::text, 'system:' || governance_system());
  instant timestamptz;
  writing text;
BEGIN
  IF acting IS NULL THEN
    RAISE insufficient_privilege USING
      MESSAGE = 'nobody is acting: this change would have no author in the ledger',
      HINT = 'Set governance.user_id or governance.system for the transaction.';
  END IF;
  IF governance_system() !~ '^[a-z][a-z0-9_-]{0,39}$' THEN
    RAISE insufficient_privilege USING MESSAGE = 'the machine acts under a plain name: a word of at most 40 letters';
  END IF;
  -- Not sealed, so nobody else sees it.
  SELECT began, actor INTO instant, writing FROM ledger_batch WHERE writer = me AND number IS NULL;
  IF NOT FOUND AND current_setting('governance.ledger_later', true) = me::text AND governance_user_id() IS NULL THEN
    PERFORM set_config('governance.ledger_door', 'open', true);
    INSERT INTO ledger_batch (writer, actor, began, entries, chained)
    VALUES (me, acting, greatest(clock_timestamp(), transaction_timestamp()), 0, 0)
    RETURNING began, actor INTO instant, writing;
    PERFORM set_config('governance.ledger_door', '', true);
  END IF;
  IF instant IS NULL THEN
    -- A restored dump may hold our number from another life, hence the second condition.
    SELECT at, actor INTO instant, writing FROM ledger_head WHERE writer = me AND at >= transaction_timestamp();
  END IF;
  IF instant IS NOT NULL THEN
    IF writing <> acting THEN
      RAISE insufficient_privilege USING
        MESSAGE = format('this transaction writes for %s; nobody else writes in it', writing),
        HINT = 'Commit first, and begin another transaction.';
    END IF;
    RETURN instant;
  END IF;
  PERFORM FROM ledger_head FOR UPDATE;
  PERFORM set_config('governance.ledger_door', 'open', true);
  -- Not before the transaction's start, so that the condition above holds when the clock is set back.
  UPDATE ledger_head
  SET at = greatest(at, clock_timestamp(), transaction_timestamp()), writer = me, actor = acting
  RETURNING at INTO instant;
  PERFORM set_config('governance.ledger_door', '', true);
  RETURN instant;
END $$;
