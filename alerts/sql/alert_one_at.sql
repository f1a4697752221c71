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
  CROSS JOIN LATERAL alert_put_together(wanted, m.state, m.dated, m.resolved, upto) AS alert
$$;
