-- How many alerts stand in each state, so that a page's counters and filter choices cost the same at a
-- thousand and at a million: alert_tally equals count(*) GROUP BY over system_alerts at every commit,
-- whichever statement changed it. Kept set-based from the transition tables, and only the groups that moved.
-- No contention to fear: whoever changes system_alerts already holds the ledger's head until commit
-- (system_alerts_guard), so writers of the tally come one at a time. SECURITY DEFINER: the runtime role may
-- read the tally and not write it.

CREATE FUNCTION alert_tally_opened() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO alert_tally AS t (concerns, source, check_code, entity_type, severity, status, n)
  SELECT concerns, source, check_code, entity_type, severity, status, count(*)
  FROM newtab GROUP BY concerns, source, check_code, entity_type, severity, status
  ON CONFLICT (concerns, source, check_code, entity_type, severity, status) DO UPDATE SET n = t.n + excluded.n;
  RETURN NULL;
END $$;

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

CREATE TRIGGER z_tally_opened AFTER INSERT ON system_alerts REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION alert_tally_opened();
CREATE TRIGGER z_tally_changed AFTER UPDATE ON system_alerts
  REFERENCING OLD TABLE AS oldtab NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION alert_tally_changed();

-- Who sees which count: who sees the alerts counted (row_security.sql). Not forced: the triggers, as the
-- owner, move it for everybody, also for somebody who may act on a source of which not all is seen.
ALTER TABLE alert_tally ENABLE ROW LEVEL SECURITY;
CREATE POLICY machine ON alert_tally FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON alert_tally FOR SELECT
  USING (concerns = ANY ((SELECT governance_sources('view_integrity'))::text[]));

-- What stands already. system_alerts binds its owner too, so somebody must be acting; for this step only.
SELECT set_config('governance.system', 'migrate', true);
INSERT INTO alert_tally (concerns, source, check_code, entity_type, severity, status, n)
SELECT concerns, source, check_code, entity_type, severity, status, count(*)
FROM system_alerts GROUP BY concerns, source, check_code, entity_type, severity, status;
SELECT set_config('governance.system', '', true);
