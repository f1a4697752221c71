-- What a person had resolved until a day (`since` or later), as it stood after entry `upto`, whether that day had come or not:
-- the rows of alert_state_at that are resolved and have such a date. Decisions with a date are few among all, and
-- ledger_entry_dated has them.
CREATE FUNCTION alert_dated_at(upto bigint, since date DEFAULT '-infinity') RETURNS SETOF system_alerts
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp  -- see alert_state_at
AS $$
  WITH decided AS (
    SELECT DISTINCT subject_id
    FROM ledger_entry
    WHERE action IN ('alert.resolve', 'alert.propose') AND after ? 'accepted_until' AND seq <= upto
      AND (after ->> 'accepted_until')::date >= since
  )
  SELECT alert.*
  FROM decided AS d
  CROSS JOIN LATERAL alert_one_at(d.subject_id, upto) AS alert
  WHERE alert.status = 'RESOLVED' AND alert.accepted_until >= since
$$;
