-- The whole chain in one statement, so in one snapshot: every entry's hash recomputed (in parallel),
-- every link and number compared with its neighbour's (in order, on narrow rows), the end with the head.
-- `first_bad` null means whole; else the lowest number at which the record is not what was written, and
-- `fault`: MISSING (no such entry), CONTENT (its hash is not that of its content), LINK (it does not
-- continue its predecessor), HEAD (the head knows nothing of it, or knows it otherwise).
CREATE FUNCTION ledger_check(
  OUT entries bigint, OUT last_seq bigint, OUT last_hash bytea, OUT first_bad bigint, OUT fault text
) RETURNS SETOF record  -- one; RETURN QUERY may use parallel workers, SELECT INTO may not
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  IF governance_system() IS NULL THEN
    -- A person sees a part of the chain, which would look broken.
    RAISE insufficient_privilege USING MESSAGE = 'only the machine sees the whole chain';
  END IF;
  RETURN QUERY WITH content AS MATERIALIZED (
    SELECT count(*) AS entries, max(seq) AS last_seq,
      min(seq) FILTER (WHERE hash IS DISTINCT FROM ledger_hash(prev_hash, ledger_canonical(
        seq, at, actor, role, source, subject_type, subject_id, check_code, action, before, after
      ))) AS changed
    FROM ledger_entry
  ), links AS MATERIALIZED (
    SELECT min(last + 1) FILTER (WHERE seq <> last + 1) AS missing,
      min(seq) FILTER (WHERE seq = last + 1 AND prev_hash <> last_hash) AS unlinked
    FROM (
      SELECT seq, prev_hash, lag(seq, 1, 0::bigint) OVER chain AS last,
        lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER chain AS last_hash
      FROM ledger_entry WINDOW chain AS (ORDER BY seq)
    ) AS pairs
  ), ending AS (
    SELECT c.entries, coalesce(c.last_seq, 0) AS last_seq, e.hash AS last_hash, h.seq AS head_seq,
      CASE
        WHEN h.seq IS NULL THEN coalesce(c.last_seq, 1)
        WHEN h.seq > coalesce(c.last_seq, 0) THEN coalesce(c.last_seq, 0) + 1
        WHEN h.seq < c.last_seq THEN h.seq + 1
        WHEN h.hash <> coalesce(e.hash, decode(repeat('00', 32), 'hex')) THEN greatest(h.seq, 1)
      END AS headless
    FROM content c
    LEFT JOIN ledger_entry e ON e.seq = c.last_seq
    LEFT JOIN ledger_head h ON true
  )
  SELECT g.entries, g.last_seq, g.last_hash, b.first_bad,
    CASE b.first_bad
      WHEN l.missing THEN 'MISSING'
      WHEN c.changed THEN 'CONTENT'
      WHEN l.unlinked THEN 'LINK'
      WHEN g.headless THEN CASE WHEN g.head_seq > g.last_seq THEN 'MISSING' ELSE 'HEAD' END
    END
  FROM content c, links l, ending g,
    LATERAL (SELECT least(c.changed, l.missing, l.unlinked, g.headless) AS first_bad) b;
END $$;
