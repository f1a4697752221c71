-- Chain the next entries that wait, at most `most` of them and about four megabytes, in the order of their commits; tells
-- how many still wait, and for how many seconds it worked with the head in its hands. It holds the head like any writer, so its callers ask for few at a time and commit in between
-- (waiting.py). Number, instant, actor and role were settled when the entry was made; what is added is the hash.
CREATE FUNCTION ledger_chain_next(most integer, OUT waiting bigint, OUT took double precision)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
-- What waits came and goes faster than statistics: a piece is found by its numbers, however many wait.
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
  bytes constant bigint := 4000000;
  head ledger_head;
  batch ledger_batch;
  upto bigint;
  size bigint;
  done bigint := 0;
  weighed bigint := 0;
  n bigint;
  won timestamptz;
BEGIN
  IF governance_system() IS NULL THEN
    RAISE insufficient_privilege USING MESSAGE = 'only the machine chains what waits';
  END IF;
  SELECT * INTO STRICT head FROM ledger_head FOR UPDATE;
  won := clock_timestamp();
  WHILE head.entered > head.seq AND done < most AND weighed < bytes LOOP
    SELECT * INTO batch FROM ledger_batch WHERE chained < entries AND number IS NOT NULL ORDER BY number LIMIT 1;
    IF NOT FOUND OR batch.first_seq + batch.chained <> head.seq + 1 THEN
      RAISE data_corrupted USING MESSAGE = format('entry %s waits nowhere', head.seq + 1);
    END IF;
    SELECT max(number), max(together) INTO upto, size
    FROM (
      SELECT number, sum(one) OVER (ORDER BY number) AS together
      FROM (
        SELECT number, coalesce(pg_column_size(before), 0) + coalesce(pg_column_size(after), 0) AS one
        FROM ledger_pending WHERE batch_id = batch.id AND number > batch.chained
        ORDER BY number LIMIT most - done
      ) AS next
    ) AS piece
    WHERE together <= bytes - weighed OR number = batch.chained + 1;
    PERFORM set_config('governance.ledger_door', 'open', true);
    WITH taken AS (
      DELETE FROM ledger_pending WHERE batch_id = batch.id AND number > batch.chained AND number <= upto RETURNING *
    ), draft AS (
      SELECT batch.first_seq + number - 1 AS seq, taken.* FROM taken
    ), linked AS (
      SELECT draft.*, ledger_chain(head.hash, ledger_canonical(
          seq, batch.at, batch.actor, role, source, subject_type, subject_id, check_code, action, before, after
        )) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) AS hash
      FROM draft
    ), written AS (
      INSERT INTO ledger_entry
        (seq, at, actor, role, source, subject_type, subject_id, check_code, action, before, after,
         prev_hash, hash)
      SELECT seq, batch.at, batch.actor, role, source, subject_type, subject_id, check_code, action, before,
        after, lag(hash, 1, head.hash) OVER (ORDER BY seq), hash
      FROM linked
    ), ending AS (
      SELECT l.seq, l.hash, count(*) OVER () AS n FROM linked l ORDER BY l.seq DESC LIMIT 1
    )
    -- What pages keep under the state stays as long as entries wait: nothing of it has moved.
    UPDATE ledger_head AS h
    SET seq = e.seq, hash = e.hash, moved = CASE WHEN e.seq = h.entered THEN e.hash ELSE h.moved END
    FROM ending AS e
    RETURNING e.n INTO n;
    IF upto IS NULL OR n IS DISTINCT FROM upto - batch.chained THEN
      RAISE data_corrupted USING MESSAGE = format('what waits after entry %s is not whole', head.seq);
    END IF;
    UPDATE ledger_batch SET chained = upto WHERE id = batch.id;
    IF upto = batch.entries THEN
      -- Who asks what happened since asks for a month at most (ledger_late).
      DELETE FROM ledger_batch WHERE chained = entries AND at < batch.at - interval '32 days';
    END IF;
    PERFORM set_config('governance.ledger_door', '', true);
    done := done + n;
    weighed := weighed + size;
    SELECT * INTO STRICT head FROM ledger_head;
  END LOOP;
  waiting := greatest(head.entered - head.seq, 0);
  took := date_part('epoch', clock_timestamp() - won);
END $$;
