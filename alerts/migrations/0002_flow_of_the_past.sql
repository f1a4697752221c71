-- What moved in each quarter of an hour as the ledger tells it, entry by entry: rows of alert_flow.
WITH entry AS MATERIALIZED (
  SELECT e.subject_id, e.seq, e.at, e.source, e.check_code, e.action,
    e.after ->> 'status' AS status, e.after ->> 'severity' AS severity,
    (e.after ->> 'updated_at')::timestamptz AS changed_at,
    (e.after ->> 'acknowledged_at')::timestamptz AS acknowledged_at,
    (e.after ->> 'resolved_at')::timestamptz AS resolved_at,
    count(e.after ->> 'status') OVER life AS status_run,
    count(e.after ->> 'severity') OVER life AS severity_run,
    count(*) FILTER (WHERE e.action IN ('alert.open', 'alert.reopen')) OVER life AS episode
  FROM ledger_entry AS e
  WHERE e.subject_type = 'alert' AND e.action <> 'alert.comment'
  WINDOW life AS (PARTITION BY e.subject_id ORDER BY e.seq)
), told AS (
  SELECT subject_id, seq, at, source,
    max(status) OVER (PARTITION BY subject_id, status_run) AS status,
    max(severity) OVER (PARTITION BY subject_id, severity_run) AS severity
  FROM entry
), step AS (
  SELECT at, source, status, severity, lag(status) OVER life AS status_was, lag(severity) OVER life AS severity_was
  FROM told WINDOW life AS (PARTITION BY subject_id ORDER BY seq)
), opened AS (
  SELECT subject_id, episode, min(changed_at) AS at FROM entry
  WHERE action IN ('alert.open', 'alert.reopen') GROUP BY subject_id, episode
), ended AS (
  SELECT subject_id, episode, source, resolved_at, lead(action) OVER (PARTITION BY subject_id ORDER BY seq) AS next
  FROM entry
  WHERE action IN ('alert.reopen', 'alert.contradict', 'alert.resume', 'alert.withdraw.resolve',
                   'alert.resolve', 'alert.close')
), done AS (
  SELECT subject_id, episode, source, 'resolve' AS measure, resolved_at AS at FROM ended
  WHERE resolved_at IS NOT NULL
    AND coalesce(next, '') NOT IN ('alert.contradict', 'alert.resume', 'alert.withdraw.resolve')
  UNION ALL
  SELECT subject_id, episode, min(source), 'acknowledge', min(acknowledged_at) FROM entry
  WHERE action IN ('alert.ack', 'alert.propose') AND acknowledged_at IS NOT NULL
    AND (subject_id, acknowledged_at) NOT IN (
      SELECT w.subject_id, (w.before ->> 'acknowledged_at')::timestamptz FROM ledger_entry AS w
      WHERE w.subject_type = 'alert' AND w.action = 'alert.withdraw.ack'
        AND w.before ->> 'acknowledged_at' IS NOT NULL)
  GROUP BY subject_id, episode
)
SELECT source, date_bin('15 minutes', at, 'epoch'), measure, what, sum(n)
FROM (
  SELECT source, at, 'begun' AS measure, check_code AS what, 1 AS n FROM entry
  WHERE action IN ('alert.open', 'alert.reopen')
  UNION ALL
  SELECT source, at, 'active', severity, 1 FROM step WHERE status <> 'RESOLVED'
  UNION ALL
  SELECT source, at, 'active', severity_was, -1 FROM step WHERE status_was <> 'RESOLVED'
  UNION ALL
  SELECT d.source, d.at, d.measure, greatest((extract(epoch FROM d.at - o.at) * 1000000)::bigint, 0)::text, 1
  FROM done AS d JOIN opened AS o USING (subject_id, episode)
) AS moved
GROUP BY 1, 2, 3, 4
HAVING sum(n) <> 0
