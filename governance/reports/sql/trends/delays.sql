-- Median seconds from the beginning of an episode to its first acknowledgement and to its end, by the local
-- week in which that happened, and for the whole period (week null). The same durations as alert_episode,
-- but only for what happened between two entries: each finds its opening by one index look-up.
WITH done AS (
  SELECT e.subject_id, e.seq, e.at,
    CASE WHEN e.action IN ('alert.resolve', 'alert.close') THEN 'resolve' ELSE 'acknowledge' END AS kind,
    coalesce((e.after ->> 'resolved_at')::timestamptz, (e.after ->> 'acknowledged_at')::timestamptz) AS done_at
  FROM ledger_entry AS e
  WHERE e.subject_type = 'alert' AND e.source = ANY (%(sources)s) AND e.seq BETWEEN %(low)s AND %(high)s
    AND (e.action IN ('alert.resolve', 'alert.close')
         OR e.action IN ('alert.ack', 'alert.propose') AND e.after ->> 'acknowledged_at' IS NOT NULL)
), lasted AS (
  SELECT d.kind, date_trunc('week', d.at AT TIME ZONE %(zone)s)::date AS week,
    -- In whole microseconds, of which the mean of two is exact: lately.sql counts the same ones.
    greatest(extract(epoch FROM d.done_at - o.opened_at) * 1000000, 0)::bigint AS lasted
  FROM done AS d
  CROSS JOIN LATERAL (
    SELECT e.seq, (e.after ->> 'updated_at')::timestamptz AS opened_at
    FROM ledger_entry AS e
    WHERE e.subject_type = 'alert' AND e.subject_id = d.subject_id AND e.seq < d.seq
      AND e.action IN ('alert.open', 'alert.reopen')
    ORDER BY e.seq DESC
    LIMIT 1
  ) AS o
  -- An acknowledgement that lapsed and was given again counts once.
  WHERE d.kind = 'acknowledge' AND NOT EXISTS (
    SELECT FROM ledger_entry AS e
    WHERE e.subject_type = 'alert' AND e.subject_id = d.subject_id
      AND e.seq > o.seq AND e.seq < d.seq AND e.after ->> 'acknowledged_at' IS NOT NULL
      AND NOT EXISTS (
        SELECT FROM ledger_entry AS w
        WHERE w.subject_type = 'alert' AND w.subject_id = e.subject_id AND w.action = 'alert.withdraw.ack'
          AND w.seq > e.seq AND w.seq <= %(high)s
          AND w.before ->> 'acknowledged_at' = e.after ->> 'acknowledged_at'))
  -- And one that was withdrawn acknowledged nothing.
  AND NOT EXISTS (
    SELECT FROM ledger_entry AS w
    WHERE w.subject_type = 'alert' AND w.subject_id = d.subject_id AND w.action = 'alert.withdraw.ack'
      AND w.seq > d.seq AND w.seq <= %(high)s
      AND (w.before ->> 'acknowledged_at')::timestamptz = d.done_at)
  -- A resolution that a scan contradicted, or that a person took back, resolved nothing.
  OR d.kind = 'resolve' AND coalesce((
    SELECT e.action FROM ledger_entry AS e
    WHERE e.subject_type = 'alert' AND e.subject_id = d.subject_id AND e.seq > d.seq AND e.seq <= %(high)s
      AND e.action IN ('alert.reopen', 'alert.contradict', 'alert.resume', 'alert.withdraw.resolve',
                       'alert.resolve', 'alert.close')
    ORDER BY e.seq LIMIT 1
  ), '') NOT IN ('alert.contradict', 'alert.resume', 'alert.withdraw.resolve')
)
SELECT kind, week, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY lasted) / 1e6, max(lasted) / 1e6
FROM lasted
GROUP BY GROUPING SETS ((kind, week), (kind))
ORDER BY kind, week
