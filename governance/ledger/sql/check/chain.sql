-- The whole chain in one statement, so in one snapshot: every entry's hash recomputed (in parallel),
-- every link and number compared with its neighbour's (in order, on narrow rows), the end with the head.
-- Sent by the program with search_path = pg_catalog: what it calls is PostgreSQL's own, so replacing the
-- console's functions does not fool it. The hashed text is that of canonical.sql, written out.
-- `first_bad` null means whole; else the lowest number at which the record is not what was written, and
-- `fault`: MISSING (no such entry), CONTENT (its hash is not that of its content), LINK (it does not
-- continue its predecessor), HEAD (the head knows nothing of it, or knows it otherwise).
WITH content AS MATERIALIZED (
  SELECT count(*) AS entries, max(seq) AS last_seq,
    min(seq) FILTER (WHERE hash IS DISTINCT FROM sha256(prev_hash || convert_to(json_build_array(
      seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), actor, role, source,
      subject_type, subject_id, check_code, action, before, after
    )::text, 'UTF8'))) AS changed
  FROM public.ledger_entry
), links AS MATERIALIZED (
  SELECT min(last + 1) FILTER (WHERE seq <> last + 1) AS missing,
    min(seq) FILTER (WHERE seq = last + 1 AND prev_hash <> last_hash) AS unlinked
  FROM (
    SELECT seq, prev_hash, lag(seq, 1, 0::bigint) OVER chain AS last,
      lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER chain AS last_hash
    FROM public.ledger_entry WINDOW chain AS (ORDER BY seq)
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
  LEFT JOIN public.ledger_entry e ON e.seq = c.last_seq
  LEFT JOIN public.ledger_head h ON true
)
SELECT g.entries, g.last_seq, g.last_hash, b.first_bad,
  CASE b.first_bad
    WHEN l.missing THEN 'MISSING'
    WHEN c.changed THEN 'CONTENT'
    WHEN l.unlinked THEN 'LINK'
    WHEN g.headless THEN CASE WHEN g.head_seq > g.last_seq THEN 'MISSING' ELSE 'HEAD' END
  END
FROM content c, links l, ending g,
  LATERAL (SELECT least(c.changed, l.missing, l.unlinked, g.headless) AS first_bad) b
