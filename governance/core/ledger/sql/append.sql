-- The only way into the ledger: ledger_append, which the triggers of other tables call.
-- Those trigger functions must be SECURITY DEFINER: the runtime role may not call ledger_append itself,
-- or it could write an alert's history without touching the alert.

CREATE TYPE ledger_draft AS (
  source text, subject_type text, subject_id text, check_code text, action text, before jsonb, after jsonb
);

INSERT INTO ledger_head (id, seq, hash, at, writer)
VALUES (1, 0, decode(repeat('00', 32), 'hex'), '-infinity', 0);

-- Who acts, as the ledger names it: a person's uuid, or system:<name>. Raises when nobody does, when
-- both a person and a system are set, and when the person is unknown or no longer active.
CREATE FUNCTION ledger_actor() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  person constant uuid := governance_user_id();
  machine constant text := governance_system();
BEGIN
  IF person IS NULL AND machine IS NULL THEN
    RAISE insufficient_privilege USING
      MESSAGE = 'nobody is acting: this change would have no author in the ledger',
      HINT = 'Set governance.user_id or governance.system for the transaction.';
  ELSIF person IS NOT NULL AND machine IS NOT NULL THEN
    RAISE insufficient_privilege USING
      MESSAGE = 'both governance.user_id and governance.system are set: one of them acts, not both';
  ELSIF machine IS NOT NULL THEN
    RETURN 'system:' || machine;
  ELSIF NOT EXISTS (SELECT FROM governance_user WHERE id = person AND is_active) THEN
    RAISE insufficient_privilege USING
      MESSAGE = 'governance.user_id names nobody who is active here';
  END IF;
  RETURN person;
END $$;

-- Take the head's lock until commit, and say at which instant this transaction's entries happened.
-- Called BEFORE STATEMENT, before any row of the changed table is locked: all writers then queue in
-- one place and cannot deadlock. The instant is the clock's when the lock was won, not the
-- transaction's start: nobody backdates an action by keeping a transaction open, and `at` never falls.
CREATE FUNCTION ledger_lock() RETURNS timestamptz
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

-- Append one entry per draft, in the order of the array; returns the seq of the last, or null for none.
-- Actor, role and instant come from the session and the clock, never from the caller.
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

REVOKE EXECUTE ON FUNCTION ledger_append(ledger_draft[]) FROM PUBLIC;
