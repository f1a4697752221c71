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
  )
  SELECT alert.* FROM standing AS s CROSS JOIN LATERAL alert_one_at(s.subject_id, upto) AS alert
  WHERE alert.status <> 'RESOLVED'
$$;
