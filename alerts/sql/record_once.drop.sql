-- Undoes record_once.sql.
ALTER TABLE system_alerts RESET (fillfactor);
DROP TRIGGER z_record_opened ON system_alerts;
DROP TRIGGER z_record_updated ON system_alerts;
DROP FUNCTION system_alerts_record_opened();
DROP FUNCTION system_alerts_record_updated();
DROP FUNCTION alert_sighting(text, text, timestamptz, bigint);

CREATE FUNCTION alert_tally_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- Each changed row's version went up by one (b_changed), so equal sums mean that rows were merely seen again.
  IF (SELECT sum(version) FROM newtab) IS NOT DISTINCT FROM (SELECT sum(version) FROM oldtab) THEN
    RETURN NULL;
  END IF;
  INSERT INTO alert_tally AS t (concerns, source, check_code, entity_type, severity, status, n)
  SELECT concerns, source, check_code, entity_type, severity, status, sum(moved)
  FROM (
    SELECT concerns, source, check_code, entity_type, severity, status, count(*) AS moved
    FROM newtab GROUP BY concerns, source, check_code, entity_type, severity, status
    UNION ALL
    SELECT concerns, source, check_code, entity_type, severity, status, -count(*)
    FROM oldtab GROUP BY concerns, source, check_code, entity_type, severity, status
  ) AS both_ends
  GROUP BY concerns, source, check_code, entity_type, severity, status
  HAVING sum(moved) <> 0
  ON CONFLICT (concerns, source, check_code, entity_type, severity, status) DO UPDATE SET n = t.n + excluded.n;
  IF FOUND THEN
    DELETE FROM alert_tally WHERE n = 0;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER z_tally_changed AFTER UPDATE ON system_alerts
  REFERENCING OLD TABLE AS oldtab NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION alert_tally_changed();
