-- Undoes flow.sql; the table goes with its model.
CREATE OR REPLACE FUNCTION alert_tally_opened() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO alert_tally AS t (concerns, source, check_code, entity_type, severity, status, n)
  SELECT concerns, source, check_code, entity_type, severity, status, count(*)
  FROM newtab GROUP BY concerns, source, check_code, entity_type, severity, status
  ON CONFLICT (concerns, source, check_code, entity_type, severity, status) DO UPDATE SET n = t.n + excluded.n;
  RETURN NULL;
END $$;

DROP POLICY machine ON alert_flow;
DROP POLICY seen ON alert_flow;
ALTER TABLE alert_flow DISABLE ROW LEVEL SECURITY;
DROP FUNCTION alert_lasted(interval);
