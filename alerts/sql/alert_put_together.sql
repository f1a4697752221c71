-- The row of one alert from its merged entries (`state`), with its last sighting after entry `dated` and up to `upto`. A resolved alert
-- is sighted no more, so the search ends where it was `resolved`. Inlined into the functions that ask for it, which set the
-- search path; with the reader's rights, see alert_state_at.
CREATE FUNCTION alert_put_together(wanted text, state jsonb, dated bigint, resolved bigint, upto bigint)
RETURNS SETOF system_alerts
LANGUAGE sql STABLE
AS $$
  SELECT alert.*
  FROM (SELECT 1) AS one
  LEFT JOIN LATERAL (
    SELECT e.after -> 'last_detected_at' AS at
    FROM ledger_entry AS e
    WHERE e.subject_type = 'sighting' AND e.subject_id = state ->> 'source'
      AND e.seq > dated
      AND e.seq <= CASE state ->> 'status' WHEN 'RESOLVED' THEN resolved ELSE upto END
      AND e.source = alert_concerns(state ->> 'source', state ->> 'entity_id')
      AND NOT e.after -> 'except' ? wanted
    ORDER BY e.seq DESC
    LIMIT 1
  ) AS sighting ON true
  CROSS JOIN LATERAL jsonb_populate_record(NULL::system_alerts, state || jsonb_build_object(
    'last_detected_at', coalesce(sighting.at, state -> 'last_detected_at'),
    'severity_rank', alert_severity_rank(state ->> 'severity'),
    'concerns', alert_concerns(state ->> 'source', state ->> 'entity_id'))) AS alert
$$;
