-- The chain after entry `after`, whose hash is `prev` (0 and zeros: all of it), up to `upto` (null: to its
-- end), in one statement, so in one snapshot: every entry's hash recomputed (in parallel),
-- every link and number compared with its neighbour's (in order, on narrow rows), the end with the head.
-- Numbers below 1 and none at all belong to the first and to the last piece: there they are faults.
-- Sent by the program with search_path = pg_catalog: what it calls is PostgreSQL's own, so replacing the
-- console's functions does not fool it. The hashed text is that of ledger_canonical.sql, written out.
-- `first_bad` null means whole; else the lowest number at which the record is not what was written, and
-- `fault`: MISSING (no such entry), CONTENT (its hash is not that of its content), LINK (it does not
-- continue its predecessor), TIME (it is older than its predecessor), HEAD (the head knows nothing of it, or
-- knows it otherwise). Entries that were committed and wait for their hash are counted, and missing where they are not as
-- many as the head says. A missing value never agrees: `(a = b) IS NOT TRUE` is a fault also where one is NULL.
WITH content AS MATERIALIZED (
  SELECT count(*) AS entries, max(seq) AS last_seq,
    min(seq) FILTER (WHERE (hash = sha256(prev_hash || convert_to(json_build_array(
      seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), actor, role, source,
      subject_type, subject_id, check_code, action, before, after
    )::text, 'UTF8'))) IS NOT TRUE) AS changed
  FROM public.ledger_entry
  WHERE (%(after)s::bigint = 0 OR seq > %(after)s::bigint OR %(upto)s::bigint IS NULL AND seq IS NULL)
    AND (%(upto)s::bigint IS NULL OR seq <= %(upto)s::bigint)
), links AS MATERIALIZED (
  SELECT min(last + 1) FILTER (WHERE (seq = last + 1) IS NOT TRUE) AS missing,
    min(seq) FILTER (WHERE seq = last + 1 AND (prev_hash = last_hash) IS NOT TRUE) AS unlinked,
    min(seq) FILTER (WHERE (at >= last_at) IS NOT TRUE) AS fallen
  FROM (
    SELECT seq, at, prev_hash, lag(seq, 1, %(after)s::bigint) OVER chain AS last,
      lag(at, 1, coalesce((SELECT at FROM public.ledger_entry WHERE seq = %(after)s::bigint), '-infinity')) OVER chain AS last_at,
      lag(hash, 1, %(prev)s::bytea) OVER chain AS last_hash
    FROM public.ledger_entry
    WHERE (%(after)s::bigint = 0 OR seq > %(after)s::bigint OR %(upto)s::bigint IS NULL AND seq IS NULL)
      AND (%(upto)s::bigint IS NULL OR seq <= %(upto)s::bigint)
    WINDOW chain AS (ORDER BY seq)
  ) AS pairs
), ending AS (
  SELECT c.entries, t.seq AS last_seq, t.hash AS last_hash, h.seq AS head_seq,
    CASE
      WHEN %(upto)s::bigint IS NOT NULL THEN NULL
      WHEN h.seq IS NULL THEN greatest(t.seq, 1)
      WHEN h.seq > t.seq THEN t.seq + 1
      WHEN h.seq < t.seq THEN h.seq + 1
      WHEN (h.hash = t.hash) IS NOT TRUE THEN greatest(h.seq, 1)
      WHEN w.waiting <> w.promised OR w.waiting IS NULL OR w.promised IS NULL THEN h.seq + 1
    END AS headless, w.waiting, w.promised
  FROM content c
  LEFT JOIN public.ledger_entry e ON e.seq = c.last_seq
  CROSS JOIN LATERAL (
    SELECT coalesce(c.last_seq, %(after)s::bigint) AS seq, CASE WHEN c.last_seq IS NULL THEN %(prev)s::bytea ELSE e.hash END AS hash
  ) AS t
  LEFT JOIN public.ledger_head h ON true
  LEFT JOIN LATERAL (
    SELECT h.entered - h.seq AS promised,
      (SELECT count(*) FROM public.ledger_pending p JOIN public.ledger_batch b ON b.id = p.batch_id
       WHERE b.first_seq + p.number BETWEEN h.seq + 2 AND h.entered + 1) AS waiting
  ) AS w ON true
)
SELECT g.entries, g.last_seq, g.last_hash, b.first_bad,
  CASE b.first_bad
    WHEN l.missing THEN 'MISSING'
    WHEN c.changed THEN 'CONTENT'
    WHEN l.unlinked THEN 'LINK'
    WHEN l.fallen THEN 'TIME'
    WHEN g.headless THEN CASE
      WHEN g.head_seq > g.last_seq OR b.first_bad > g.last_seq AND (g.last_seq > 0 OR g.waiting <> g.promised) THEN 'MISSING'
      ELSE 'HEAD' END
  END,
  coalesce(g.waiting, 0)
FROM content c, links l, ending g,
  LATERAL (SELECT least(c.changed, l.missing, l.unlinked, l.fallen, g.headless) AS first_bad) b
-- More than one row only where somebody made a second head or a number twice.
ORDER BY b.first_bad LIMIT 1
