-- Give this transaction's batch its place: the head is locked until commit, the batch gets its number, its instant and
-- the numbers of its entries. Batches are numbered in the order of their commits, for the head is held until then. Their
-- hashes come later (ledger_chain_next), unless they are few and nothing waits before them.
-- Nothing when there is no batch. A batch that nobody seals seals itself at commit.
CREATE FUNCTION ledger_seal() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  few constant integer := 200;
  me constant bigint := pg_current_xact_id()::text::bigint;
  batch ledger_batch;
  head ledger_head;
  n bigint;
BEGIN
  SELECT * INTO batch FROM ledger_batch WHERE writer = me AND number IS NULL;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT max(number) INTO n FROM ledger_pending WHERE batch_id = batch.id;
  PERFORM set_config('governance.ledger_later', '', true);
  PERFORM set_config('governance.ledger_door', 'open', true);
  IF n IS NULL THEN
    DELETE FROM ledger_batch WHERE id = batch.id;
  ELSE
    SELECT * INTO STRICT head FROM ledger_head FOR UPDATE;
    UPDATE ledger_head
    SET at = greatest(at, clock_timestamp(), transaction_timestamp()), writer = me, actor = batch.actor,
        batches = batches + 1, entered = greatest(entered, seq) + n, moved = sha256(moved || 'sealed')
    RETURNING * INTO head;
    UPDATE ledger_batch
    SET number = head.batches, at = head.at, first_seq = head.entered - n + 1, entries = n
    WHERE id = batch.id;
  END IF;
  PERFORM set_config('governance.ledger_door', '', true);
  IF n <= few AND head.entered - n = head.seq THEN
    PERFORM ledger_chain_next(few);
  END IF;
END $$;
