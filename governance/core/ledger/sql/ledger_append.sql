-- Append one entry per draft, in the order of the array; returns the seq of the last, or null for none, and for entries
-- whose place is not known yet.
-- Actor, role and instant come from the session and the clock, never from the caller. The only way into the ledger: the
-- triggers of other tables call it, and must be SECURITY DEFINER, because the runtime role may not call it itself, or it
-- could write an alert's history without touching the alert.
--
-- The entries are chained at once, unless the transaction enters later (ledger_later), or others that were committed
-- wait to be chained: then these wait behind them, with their place in the chain.
CREATE FUNCTION ledger_append(drafts ledger_draft[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET work_mem = '128MB'  -- 100 000 drafts are sorted and kept once; on disk that costs a third more
AS $$
DECLARE
  actor_name constant text := ledger_actor();
  me constant bigint := pg_current_xact_id()::text::bigint;
  instant timestamptz;
  head ledger_head;
  batch ledger_batch;
  roles jsonb;  -- source -> the person's role there; null while the machine acts
  n bigint;
BEGIN
  IF coalesce(cardinality(drafts), 0) = 0 THEN
    RETURN NULL;
  END IF;
  instant := ledger_lock();
  IF governance_user_id() IS NOT NULL THEN
    SELECT jsonb_object_agg(coalesce(source, ''), governance_role_on(source)) INTO roles
    FROM (SELECT DISTINCT d.source FROM unnest(drafts) AS d) AS named;
  END IF;
  SELECT * INTO batch FROM ledger_batch WHERE writer = me AND number IS NULL;
  PERFORM set_config('governance.ledger_door', 'open', true);
  IF batch.id IS NULL THEN
    SELECT * INTO STRICT head FROM ledger_head;
  END IF;
  IF head.entered > head.seq THEN
    -- This transaction's own, where it is the last; the head is held, so nobody comes between.
    SELECT * INTO batch FROM ledger_batch
    WHERE number = head.batches AND writer = me AND at >= transaction_timestamp() AND actor = actor_name;
    IF NOT FOUND THEN
      INSERT INTO ledger_batch (writer, actor, began, number, at, first_seq, entries, chained)
      VALUES (me, actor_name, instant, head.batches + 1, instant, head.entered + 1, 0, 0)
      RETURNING * INTO batch;
    END IF;
  END IF;
  IF batch.id IS NOT NULL THEN
    INSERT INTO ledger_pending
      (batch_id, number, role, source, subject_type, subject_id, check_code, action, before, after)
    SELECT batch.id, last.number + d.number, coalesce(roles ->> coalesce(d.source, ''), 'system'), d.source,
      d.subject_type, d.subject_id, d.check_code, d.action, d.before, d.after
    FROM unnest(drafts) WITH ORDINALITY AS
      d(source, subject_type, subject_id, check_code, action, before, after, number),
      (SELECT coalesce(max(p.number), 0) AS number FROM ledger_pending AS p WHERE p.batch_id = batch.id) AS last;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF batch.number IS NOT NULL THEN
      UPDATE ledger_batch SET entries = entries + n WHERE id = batch.id;
      UPDATE ledger_head SET batches = batch.number, entered = entered + n, moved = sha256(moved || 'behind')
      RETURNING * INTO head;
    END IF;
    PERFORM set_config('governance.ledger_door', '', true);
    RETURN head.entered;
  END IF;
  WITH draft AS (
    SELECT head.seq + number AS seq, d.*, coalesce(roles ->> coalesce(d.source, ''), 'system') AS role
    FROM unnest(drafts) WITH ORDINALITY AS
      d(source, subject_type, subject_id, check_code, action, before, after, number)
  ), linked AS (
    SELECT draft.*, ledger_chain(head.hash, ledger_canonical(
        seq, instant, actor_name, role, source, subject_type, subject_id, check_code, action, before, after
      )) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) AS hash
    FROM draft
  ), written AS (
    INSERT INTO ledger_entry
      (seq, at, actor, role, source, subject_type, subject_id, check_code, action, before, after,
       prev_hash, hash)
    SELECT seq, instant, actor_name, role, source, subject_type, subject_id, check_code, action, before,
      after, lag(hash, 1, head.hash) OVER (ORDER BY seq), hash
    FROM linked
  )
  -- From `linked`, not from the table: row security may hide from the actor what the actor just wrote.
  UPDATE ledger_head SET (seq, hash, entered, moved) = (
    SELECT l.seq, l.hash, l.seq, l.hash FROM linked l ORDER BY l.seq DESC LIMIT 1)
  RETURNING * INTO head;
  PERFORM set_config('governance.ledger_door', '', true);
  RETURN head.seq;
END $$;
