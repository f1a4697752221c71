-- system_alerts as it stood after entry `upto`, from the ledger alone: the full row of `alert.open`, then
-- each delta in turn, then the last sighting of an active alert. Row security applies to the entries, so a
-- person gets the alerts whose history the person may read.

-- The source that an alert is about; what the table's generated column `concerns` says.
CREATE FUNCTION alert_concerns(source text, entity_id text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE source WHEN 'console' THEN split_part(entity_id, '/', 1) ELSE source END;

CREATE AGGREGATE alert_merge(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, PARALLEL = SAFE);

CREATE FUNCTION alert_state_at(upto bigint) RETURNS SETOF system_alerts
LANGUAGE sql STABLE
-- Not inlined, thanks to this setting: it runs with the reader's rights also inside the view below, which
-- PostgreSQL 14 would otherwise read with its owner's.
SET search_path = pg_catalog, public, pg_temp
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

-- The same for pages, which filter and order it like the table: the entry is named by the
-- transaction-local setting governance.as_of. Without it, no row. A migration that adds a column to
-- system_alerts drops and creates this view again.
CREATE VIEW alert_as_of AS
SELECT * FROM alert_state_at(nullif(current_setting('governance.as_of', true), '')::bigint);
