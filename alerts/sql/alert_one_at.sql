-- One alert as it stood after entry `upto`, from the ledger alone: its row as alert_state_at gives it, and no row before it was
-- opened. Inlined into the functions below, which set the search path; with the reader's rights, as there.
CREATE FUNCTION alert_one_at(wanted text, upto bigint) RETURNS SETOF system_alerts
LANGUAGE sql STABLE
AS $$
  SELECT alert.*
  FROM (
    SELECT alert_merge(e.after ORDER BY e.seq) AS state,
           max(e.seq) FILTER (WHERE e.after ? 'last_detected_at') AS dated,
           max(e.seq) FILTER (WHERE e.after ->> 'status' = 'RESOLVED') AS resolved
    FROM ledger_entry AS e
    WHERE e.subject_type = 'alert' AND e.subject_id = wanted
      AND e.action <> 'alert.comment' AND e.seq <= upto
    HAVING count(*) > 0
  ) AS m
  -- A resolved alert is sighted no more, so its search ends where it was resolved.
  LEFT JOIN LATERAL (
    SELECT e.after -> 'last_detected_at' AS at
    FROM ledger_entry AS e
    WHERE e.subject_type = 'sighting' AND e.subject_id = m.state ->> 'source'
      AND e.seq > m.dated
      AND e.seq <= CASE m.state ->> 'status' WHEN 'RESOLVED' THEN m.resolved ELSE upto END
      AND e.source = alert_concerns(m.state ->> 'source', m.state ->> 'entity_id')
      AND NOT e.after -> 'except' ? wanted
    ORDER BY e.seq DESC
    LIMIT 1
  ) AS sighting ON true
  CROSS JOIN LATERAL jsonb_populate_record(NULL::system_alerts, m.state || jsonb_build_object(
    'last_detected_at', coalesce(sighting.at, m.state -> 'last_detected_at'),
    'severity_rank', alert_severity_rank(m.state ->> 'severity'),
    'concerns', alert_concerns(m.state ->> 'source', m.state ->> 'entity_id'))) AS alert
$$;
