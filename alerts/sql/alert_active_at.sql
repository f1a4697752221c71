-- What stood after entry `upto`, from the ledger alone: the rows of alert_state_at that are not resolved, without merging
-- the whole past of those that are, which are nearly all. An alert stands when it was opened, or went on, after it was
-- last closed; the kinds of entries named here begin or end that, and say so without their values.
-- Row security applies to the entries, as there.
CREATE FUNCTION alert_active_at(upto bigint) RETURNS SETOF system_alerts
LANGUAGE sql STABLE
-- Not inlined, see alert_state_at; and one entry per alert is grouped in memory.
SET search_path = pg_catalog, public, pg_temp
SET work_mem = '64MB'
AS $$
  WITH standing AS (
    SELECT subject_id
    FROM ledger_entry
    WHERE subject_type = 'alert' AND seq <= upto
      AND action IN ('alert.open', 'alert.reopen', 'alert.contradict', 'alert.resume', 'alert.withdraw.resolve',
                     'alert.resolve', 'alert.close')
    GROUP BY subject_id
    HAVING max(seq) FILTER (WHERE action NOT IN ('alert.resolve', 'alert.close'))
      > coalesce(max(seq) FILTER (WHERE action IN ('alert.resolve', 'alert.close')), 0)
  ), merged AS (
    SELECT s.subject_id, past.state, past.dated
    FROM standing AS s
    CROSS JOIN LATERAL (
      SELECT alert_merge(e.after ORDER BY e.seq) AS state,
             max(e.seq) FILTER (WHERE e.after ? 'last_detected_at') AS dated
      FROM ledger_entry AS e
      WHERE e.subject_type = 'alert' AND e.subject_id = s.subject_id
        AND e.action <> 'alert.comment' AND e.seq <= upto
    ) AS past
  )
  SELECT alert.*
  FROM merged AS m
  LEFT JOIN LATERAL (
    SELECT e.after -> 'last_detected_at' AS at
    FROM ledger_entry AS e
    WHERE e.subject_type = 'sighting' AND e.subject_id = m.state ->> 'source'
      AND e.seq > m.dated AND e.seq <= upto
      AND e.source = alert_concerns(m.state ->> 'source', m.state ->> 'entity_id')
      AND NOT e.after -> 'except' ? m.subject_id
    ORDER BY e.seq DESC
    LIMIT 1
  ) AS sighting ON true
  CROSS JOIN LATERAL jsonb_populate_record(NULL::system_alerts, m.state || jsonb_build_object(
    'last_detected_at', coalesce(sighting.at, m.state -> 'last_detected_at'),
    'severity_rank', alert_severity_rank(m.state ->> 'severity'),
    'concerns', alert_concerns(m.state ->> 'source', m.state ->> 'entity_id'))) AS alert
  WHERE m.state ->> 'status' <> 'RESOLVED'
$$;
