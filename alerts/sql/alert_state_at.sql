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
  CROSS JOIN LATERAL alert_put_together(m.subject_id, m.state, m.dated, m.resolved, upto) AS alert
$$;
