-- system_alerts as it stood after entry `upto`, from the ledger alone: the full row of `alert.open`, then
-- each delta in turn, then the last sighting of an active alert. Row security applies to the entries, so a
-- person gets the alerts whose history the person may read.
CREATE FUNCTION alert_state_at(upto bigint) RETURNS SETOF system_alerts
LANGUAGE sql STABLE
-- Not inlined, thanks to this setting: it runs with the reader's rights also inside the view
-- alert_as_of, which PostgreSQL 14 would otherwise read with its owner's.
SET search_path = pg_catalog, public, pg_temp
SET work_mem = '64MB'  -- it sorts entries: in memory, not on disk
AS $$
  WITH merged AS (
    SELECT subject_id, alert_merge(after ORDER BY seq) AS state,
           max(seq) FILTER (WHERE after ? 'last_detected_at') AS dated,
           max(seq) FILTER (WHERE after ->> 'status' = 'RESOLVED') AS resolved
    FROM ledger_entry
    WHERE subject_type = 'alert' AND action <> 'alert.comment' AND seq <= upto
    GROUP BY subject_id
  )
  SELECT alert.*
  FROM merged AS m
  -- A resolved alert is sighted no more, so its search ends where it was resolved.
  LEFT JOIN LATERAL (
    SELECT e.after -> 'last_detected_at' AS at
    FROM ledger_entry AS e
    WHERE e.subject_type = 'sighting' AND e.subject_id = m.state ->> 'source'
      AND e.seq > m.dated
      AND e.seq <= CASE m.state ->> 'status' WHEN 'RESOLVED' THEN m.resolved ELSE upto END
      AND e.source = alert_concerns(m.state ->> 'source', m.state ->> 'entity_id')
      AND NOT e.after -> 'except' ? m.subject_id
    ORDER BY e.seq DESC
    LIMIT 1
  ) AS sighting ON true
  CROSS JOIN LATERAL jsonb_populate_record(NULL::system_alerts, m.state || jsonb_build_object(
    'last_detected_at', coalesce(sighting.at, m.state -> 'last_detected_at'),
    'severity_rank', alert_severity_rank(m.state ->> 'severity'),
    'concerns', alert_concerns(m.state ->> 'source', m.state ->> 'entity_id'))) AS alert
$$;
