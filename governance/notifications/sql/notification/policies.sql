-- Who sees what is said of an alert: who sees the alert. Not forced: the triggers of system_alerts write it, as the owner,
-- for whoever changes an alert.
ALTER TABLE notification ENABLE ROW LEVEL SECURITY;
CREATE POLICY machine ON notification
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON notification FOR SELECT
  USING (source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
