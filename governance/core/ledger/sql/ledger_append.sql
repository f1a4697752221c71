-- Append one entry per draft, in the order of the array; returns the seq of the last, or null for none.
-- Actor, role and instant come from the session and the clock, never from the caller. The only way into the ledger: the
-- triggers of other tables call it, and must be SECURITY DEFINER, because the runtime role may not call it itself, or it
-- could write an alert's history without touching the alert.
CREATE FUNCTION ledger_append(drafts ledger_draft[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET work_mem = '128MB'  -- 100 000 drafts are sorted and kept once; on disk that costs a third more
AS $$
DECLARE
  actor_name constant text := ledger_actor();
  instant timestamptz;
  head ledger_head;
  roles jsonb;  -- source -> the person's role there; null while the machine acts
  end_seq bigint;
BEGIN
  IF coalesce(cardinality(drafts), 0) = 0 THEN
    RETURN NULL;
  END IF;
  instant := ledger_lock();
  SELECT * INTO STRICT head FROM ledger_head;
  IF governance_user_id() IS NOT NULL THEN
    SELECT jsonb_object_agg(coalesce(source, ''), governance_role_on(source)) INTO roles
    FROM (SELECT DISTINCT d.source FROM unnest(drafts) AS d) AS named;
  END IF;
  PERFORM set_config('governance.ledger_door', 'open', true);
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
  UPDATE ledger_head SET (seq, hash) = (SELECT l.seq, l.hash FROM linked l ORDER BY l.seq DESC LIMIT 1)
  RETURNING ledger_head.seq INTO end_seq;
  PERFORM set_config('governance.ledger_door', '', true);
  RETURN end_seq;
END $$;
