-- What people had resolved and may still wait for, as it stood after entry `upto`: until a day (`day` or later), or after entry
-- `since`. For whoever asks whether a source is free of anomalies, without all that was ever resolved.
CREATE FUNCTION alert_decided_at(upto bigint, day date, since bigint) RETURNS SETOF system_alerts
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp  -- see alert_state_at
AS $$
  WITH decided AS (
    SELECT DISTINCT subject_id FROM ledger_entry
    WHERE subject_type = 'alert' AND action = 'alert.resolve' AND seq > since AND seq <= upto
  )
  SELECT alert.* FROM alert_dated_at(upto, day) AS alert
  UNION ALL
  SELECT alert.*
  FROM decided AS d
  CROSS JOIN LATERAL alert_one_at(d.subject_id, upto) AS alert
  WHERE alert.status = 'RESOLVED' AND (alert.accepted_until >= day) IS NOT TRUE
$$;
