-- How many alerts stand in each state, so that a page's counters and filter choices cost the same at a
-- thousand and at a million: alert_tally equals count(*) GROUP BY over system_alerts at every commit,
-- whichever statement changed it. Kept set-based from the transition tables, and only the groups that moved.
-- SECURITY DEFINER: the runtime role may read the tally and not write it.
--
-- And what moved in each quarter of an hour (alert_flow; alerts/models.py, AlertFlow), so that ninety days of figures cost
-- what happened in as many quarters and not what was opened in them. An UPDATE moves both in
-- system_alerts_record_updated; how, is in alert_count.
CREATE FUNCTION alert_tally_opened() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM trigger_serves('public.system_alerts', TG_RELID);
  PERFORM alert_count(array_agg(
    ROW(concerns, source, check_code, entity_type, severity, status, n, n)::alert_move))
  FROM (
    SELECT concerns, source, check_code, entity_type, severity, status, count(*) AS n
    FROM newtab GROUP BY concerns, source, check_code, entity_type, severity, status
  ) AS opened;
  RETURN NULL;
END $$;

CREATE TRIGGER z_tally_opened AFTER INSERT ON system_alerts REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION alert_tally_opened();
