-- What stood after entry `upto`, from the ledger alone: the rows of alert_state_at that are not resolved, without merging
-- the past of those that are, which are nearly all.
-- Row security applies to the entries, as there.
CREATE FUNCTION alert_active_at(upto bigint) RETURNS SETOF system_alerts
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp  -- see alert_state_at
AS $$
  SELECT alert.* FROM alert_stood_at(upto) AS s CROSS JOIN LATERAL alert_one_at(s.id, upto) AS alert
  WHERE alert.status <> 'RESOLVED'
$$;
