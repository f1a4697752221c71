-- The lives of an alert, oldest first, computed from the ledger alone: the table knows only the present.
-- `wanted` null means every alert whose history the reader may see. With the reader's rights (row
-- security of ledger_entry applies) and inlined into the caller's query, so that one alert is one look-up
-- in ledger_entry_subject. A function and not a view, because views heed the reader's rights only from
-- PostgreSQL 15 on.
--  episode                 1, 2, … ; an episode begins when the alert is opened or reopened
--  detected_at             from when the data show the anomaly, as the source says
--  opened_at, opened_by    when the console knew of it
--  first_acknowledged_*    the first acknowledgement, also where it lapsed later; one that was withdrawn is none
--  lapses                  how often an acknowledgement lapsed
--  acknowledged_*          the acknowledgement in force at the end (or now), as in system_alerts
--  resolved_*              null while it lasts: of a resolution that a scan or a person took back, the last word counts;
--                          resolved_by is a person or system:<name>
--  time_to_acknowledge     first_acknowledged_at - opened_at
--  time_to_resolve         resolved_at - opened_at
-- Actors are named as the ledger names them. Durations are never negative: two instants may come from
-- statements that waited for each other.
CREATE FUNCTION alert_episode(wanted uuid DEFAULT NULL) RETURNS TABLE (
  alert_id uuid, source text, check_code text, episode bigint, detected_at timestamptz,
  opened_at timestamptz, opened_by text, first_acknowledged_at timestamptz, first_acknowledged_by text,
  lapses bigint, acknowledged_at timestamptz, acknowledged_by text, resolved_at timestamptz,
  resolved_by text, resolution_cause text, resolution_decision text,
  time_to_acknowledge interval, time_to_resolve interval
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT e.alert_id, e.source, e.check_code, e.episode, e.detected_at, e.opened_at, e.opened_by,
    e.first_acknowledged_at, e.first_acknowledged_by, e.lapses, e.acknowledged_at, e.acknowledged_by,
    e.resolved_at, e.resolved_by, e.resolution_cause, e.resolution_decision,
    -- greatest() alone would turn "not yet" into zero
    CASE WHEN e.first_acknowledged_at IS NOT NULL
         THEN greatest(e.first_acknowledged_at - e.opened_at, interval '0') END,
    CASE WHEN e.resolved_at IS NOT NULL
         THEN greatest(e.resolved_at - e.opened_at, interval '0') END
  FROM (
    SELECT s.subject_id::uuid AS alert_id, min(s.source) AS source, min(s.check_code) AS check_code,
      s.episode,
      min((s.after ->> 'first_detected_at')::timestamptz) AS detected_at,
      min(s.changed_at) FILTER (WHERE s.opens) AS opened_at,
      min(s.actor) FILTER (WHERE s.opens) AS opened_by,
      min(s.acknowledged_at) FILTER (WHERE NOT s.withdrawn) AS first_acknowledged_at,
      (array_agg(s.actor ORDER BY s.seq) FILTER (WHERE s.acknowledged_at IS NOT NULL AND NOT s.withdrawn))[1]
        AS first_acknowledged_by,
      count(*) FILTER (WHERE s.action LIKE 'alert.lapse.%') AS lapses,
      (array_agg(s.acknowledged_at ORDER BY s.seq DESC) FILTER (WHERE s.after ? 'acknowledged_at'))[1]
        AS acknowledged_at,
      (array_agg(s.after ->> 'acknowledged_by' ORDER BY s.seq DESC)
        FILTER (WHERE s.after ? 'acknowledged_by'))[1] AS acknowledged_by,
      (array_agg((s.after ->> 'resolved_at')::timestamptz ORDER BY s.seq DESC)
        FILTER (WHERE s.after ? 'resolved_at'))[1] AS resolved_at,
      (array_agg(CASE WHEN s.after ->> 'resolved_at' IS NOT NULL THEN s.actor END ORDER BY s.seq DESC)
        FILTER (WHERE s.after ? 'resolved_at'))[1] AS resolved_by,
      (array_agg(s.after ->> 'resolution_cause' ORDER BY s.seq DESC)
        FILTER (WHERE s.after ? 'resolution_cause'))[1] AS resolution_cause,
      (array_agg(s.after ->> 'resolution_decision' ORDER BY s.seq DESC)
        FILTER (WHERE s.after ? 'resolution_decision'))[1] AS resolution_decision
    FROM (
      SELECT l.*, l.action IN ('alert.open', 'alert.reopen') AS opens,
        (l.after ->> 'updated_at')::timestamptz AS changed_at,
        (l.after ->> 'acknowledged_at')::timestamptz AS acknowledged_at,
        l.after ->> 'acknowledged_at' IS NOT NULL AND EXISTS (
          SELECT FROM ledger_entry AS w
          WHERE w.subject_type = 'alert' AND w.subject_id = l.subject_id AND w.action = 'alert.withdraw.ack'
            AND w.seq > l.seq AND w.before ->> 'acknowledged_at' = l.after ->> 'acknowledged_at') AS withdrawn,
        count(*) FILTER (WHERE l.action IN ('alert.open', 'alert.reopen'))
          OVER (PARTITION BY l.subject_id ORDER BY l.seq) AS episode
      FROM ledger_entry AS l
      WHERE l.subject_type = 'alert' AND l.action <> 'alert.comment'
        AND (wanted IS NULL OR l.subject_id = wanted::text)
    ) AS s
    GROUP BY s.subject_id, s.episode
  ) AS e
  ORDER BY e.alert_id, e.episode
$$;
