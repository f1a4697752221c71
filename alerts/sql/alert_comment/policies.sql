-- What people say about an alert is written by somebody who may comment on the alert's source, and seen by whoever sees
-- the alert.
ALTER TABLE alert_comment ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert_comment FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON alert_comment FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON alert_comment FOR SELECT
  USING (concerns = ANY ((SELECT governance_sources('view_integrity'))::text[]));
CREATE POLICY said ON alert_comment FOR INSERT
  WITH CHECK (source = ANY ((SELECT governance_sources('comment'))::text[]));
