-- Who sees which alert, and whose statement may reach it. Each policy asks once per statement (the
-- sub-selects are evaluated once), never once per row. Forced: the owner is bound as well.
ALTER TABLE system_alerts ENABLE ROW LEVEL SECURITY;
ALTER TABLE system_alerts FORCE ROW LEVEL SECURITY;

CREATE POLICY machine ON system_alerts
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);

CREATE POLICY seen ON system_alerts FOR SELECT
  USING (concerns = ANY ((SELECT governance_sources('view_integrity'))::text[]));

-- Which columns a person may change, and how, is the workflow trigger's; this says on which rows. An UPDATE without
-- WHERE asks nothing of what may be read, so this says it again: a finding of the console's own is acted on by who
-- also sees the source that it concerns.
CREATE POLICY acted ON system_alerts FOR UPDATE
  USING (source = ANY ((SELECT governance_sources('act') || governance_sources('comment'))::text[])
         AND concerns = ANY ((SELECT governance_sources('view_integrity'))::text[]));
