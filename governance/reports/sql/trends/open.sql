-- Active alerts by severity at the end of each local day, counted backwards from the present: what stands
-- now, less what each later day added. Row security applies to both tables.
WITH move AS (
  SELECT (at AT TIME ZONE %(zone)s)::date AS day, what AS severity, sum(n) AS change
  FROM alert_flow
  WHERE measure = 'active' AND concerns = ANY (%(sources)s)
    AND at >= %(first)s::timestamp AT TIME ZONE %(zone)s
  GROUP BY 1, 2
), now_active AS (
  SELECT severity, sum(n) AS active
  FROM alert_tally
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
