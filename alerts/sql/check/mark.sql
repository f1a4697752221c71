-- Whether the mark at entry `seq` is not what the one at entry `after` (0: none) and the entries between them say.
-- Sent by the program with search_path = pg_catalog, so that it asks no function of the console's (check/chain.sql of the ledger).
WITH moved AS MATERIALIZED (
  SELECT subject_id AS id, min(source) AS concerns,
    max(seq) FILTER (WHERE action NOT IN ('alert.resolve', 'alert.close'))
      > coalesce(max(seq) FILTER (WHERE action IN ('alert.resolve', 'alert.close')), 0) AS stands
  FROM public.ledger_entry
  WHERE subject_type = 'alert' AND seq > %(after)s AND seq <= %(seq)s
    AND action IN ('alert.open', 'alert.reopen', 'alert.contradict', 'alert.resume', 'alert.withdraw.resolve',
                   'alert.resolve', 'alert.close')
  GROUP BY subject_id
), expected AS (
  SELECT m.concerns, a.id::text AS id FROM public.alert_mark AS m, unnest(m.alerts) AS a (id)
  WHERE m.seq = %(after)s AND NOT EXISTS (SELECT FROM moved AS v WHERE v.id = a.id::text)
  UNION ALL
  SELECT concerns, id FROM moved WHERE stands
), found AS (
  SELECT m.concerns, a.id::text AS id FROM public.alert_mark AS m, unnest(m.alerts) AS a (id) WHERE m.seq = %(seq)s
)
SELECT EXISTS (TABLE expected EXCEPT ALL TABLE found) OR EXISTS (TABLE found EXCEPT ALL TABLE expected)
