-- Which alerts stood after entry `upto`, and about which source: those of the newest mark by then (alert_mark), and what the
-- entries since say. An alert stands when it was opened, or went on, after it was last closed; the kinds of entries named
-- here begin or end that, and say so without their values. A source that has no row in a mark had nothing standing.
-- Row security applies to entries and marks alike.
CREATE FUNCTION alert_stood_at(upto bigint) RETURNS TABLE (concerns text, id text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp  -- see alert_state_at
SET work_mem = '64MB'
AS $$
  WITH moved AS MATERIALIZED (
    SELECT subject_id, min(source) AS concerns,
      max(seq) FILTER (WHERE action NOT IN ('alert.resolve', 'alert.close'))
        > coalesce(max(seq) FILTER (WHERE action IN ('alert.resolve', 'alert.close')), 0) AS stands
    FROM ledger_entry
    WHERE subject_type = 'alert' AND seq > (SELECT coalesce(max(m.seq), 0) FROM alert_mark AS m WHERE m.seq <= upto)
      AND seq <= upto
      AND action IN ('alert.open', 'alert.reopen', 'alert.contradict', 'alert.resume', 'alert.withdraw.resolve',
                     'alert.resolve', 'alert.close')
    GROUP BY subject_id
  ), marked AS (
    SELECT m.concerns, unnest(m.alerts)::text AS id FROM alert_mark AS m
    WHERE m.seq = (SELECT max(n.seq) FROM alert_mark AS n WHERE n.seq <= upto)
  )
  SELECT k.concerns, k.id FROM marked AS k LEFT JOIN moved AS v ON v.subject_id = k.id WHERE v.subject_id IS NULL
  UNION ALL
  SELECT v.concerns, v.subject_id FROM moved AS v WHERE v.stands
$$;
