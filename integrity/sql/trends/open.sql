-- Active alerts by severity at the end of each local day, counted backwards from the present: what stands
-- now, less what each later day added. So the cost is that of the window, not of the history, and an alert
-- older than the window needs no entry in it. Row security applies to both tables.
WITH step AS (
  -- A delta names only what changed, with its former value: the next such delta says what held before it.
  SELECT e.subject_id, e.at, e.before, e.after,
    count(e.before ->> 'status') OVER later AS status_run,
    count(e.before ->> 'severity') OVER later AS severity_run
  FROM ledger_entry AS e
  WHERE e.subject_type = 'alert' AND e.seq BETWEEN %(low)s AND %(high)s AND e.source = ANY (%(sources)s)
    AND e.action IN ('alert.open', 'alert.reopen', 'alert.contradict', 'alert.resume', 'alert.withdraw.resolve',
                     'alert.change', 'alert.lapse.severity', 'alert.lapse.payload', 'alert.resolve', 'alert.close')
    AND (e.after ? 'severity' OR 'RESOLVED' IN (e.before ->> 'status', e.after ->> 'status'))
  WINDOW later AS (PARTITION BY e.subject_id ORDER BY e.seq DESC)
), told AS (
  SELECT s.at, s.before IS NOT NULL AS existed,
    coalesce(s.before ->> 'status', s.after ->> 'status', s.status_next, a.status) AS status_was,
    coalesce(s.after ->> 'status', s.status_next, a.status) AS status,
    coalesce(s.before ->> 'severity', s.severity_next, a.severity) AS severity_was,
    coalesce(s.after ->> 'severity', s.severity_next, a.severity) AS severity
  FROM (
    SELECT subject_id, at, before, after,
      max(before ->> 'status') OVER (PARTITION BY subject_id, status_run) AS status_next,
      max(before ->> 'severity') OVER (PARTITION BY subject_id, severity_run) AS severity_next
    FROM step
  ) AS s
  -- One by one (LIMIT keeps it so): a hash join would read every alert that is stored.
  CROSS JOIN LATERAL (SELECT status, severity FROM system_alerts WHERE id = s.subject_id::uuid LIMIT 1) AS a
), move AS (
  SELECT (t.at AT TIME ZONE %(zone)s)::date AS day, m.severity, sum(m.change) AS change
  FROM told AS t
  CROSS JOIN LATERAL (
    SELECT t.severity, 1 AS change WHERE t.status <> 'RESOLVED'
    UNION ALL
    SELECT t.severity_was, -1 WHERE t.existed AND t.status_was <> 'RESOLVED'
  ) AS m
  GROUP BY 1, 2
), now_active AS (
  SELECT severity, count(*) AS active
  FROM system_alerts
  WHERE status IN ('OPEN', 'ACK') AND concerns = ANY (%(sources)s)
  GROUP BY severity
)
SELECT d.day::date, s.severity,
  coalesce(n.active, 0) - coalesce(sum(m.change) FILTER (WHERE m.day > d.day::date), 0)
FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') AS d (day)
CROSS JOIN (VALUES ('CRITICAL'), ('WARN'), ('INFO')) AS s (severity)
LEFT JOIN now_active AS n ON n.severity = s.severity
LEFT JOIN move AS m ON m.severity = s.severity
GROUP BY d.day, s.severity, n.active
ORDER BY d.day, s.severity
