-- How many alerts stand in each state, so that a page's counters and filter choices cost the same at a
-- thousand and at a million: alert_tally equals count(*) GROUP BY over system_alerts at every commit,
-- whichever statement changed it. Kept set-based from the transition tables, and only the groups that moved.
-- No contention to fear: whoever changes system_alerts already holds the ledger's head until commit
-- (system_alerts_guard), so writers of the tally come one at a time. SECURITY DEFINER: the runtime role may
-- read the tally and not write it.
--
-- And what moved in each quarter of an hour (alert_flow; alerts/models.py, AlertFlow), so that ninety days of figures cost
-- what happened in as many quarters and not what was opened in them, counted at the instant of the ledger's entries.
-- An UPDATE moves both in system_alerts_record_updated.
CREATE FUNCTION alert_tally_opened() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM trigger_serves('public.system_alerts', TG_RELID);
  WITH opened AS MATERIALIZED (
    SELECT concerns, source, check_code, entity_type, severity, status, count(*) AS n
    FROM newtab GROUP BY concerns, source, check_code, entity_type, severity, status
  ), tallied AS (
    INSERT INTO alert_tally AS t (concerns, source, check_code, entity_type, severity, status, n)
    SELECT concerns, source, check_code, entity_type, severity, status, n FROM opened
    ON CONFLICT (concerns, source, check_code, entity_type, severity, status) DO UPDATE SET n = t.n + excluded.n
  )
  INSERT INTO alert_flow AS f (concerns, at, measure, what, n)
  SELECT concerns, date_bin('15 minutes', ledger_lock(), 'epoch'), measure, what, sum(n)
  FROM (
    SELECT concerns, 'begun' AS measure, check_code AS what, n FROM opened
    UNION ALL
    SELECT concerns, 'active', severity, n FROM opened
  ) AS moved
  GROUP BY concerns, measure, what
  ON CONFLICT (concerns, at, measure, what) DO UPDATE SET n = f.n + excluded.n;
  RETURN NULL;
END $$;

CREATE TRIGGER z_tally_opened AFTER INSERT ON system_alerts REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION alert_tally_opened();
