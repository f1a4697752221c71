-- Whoever sees a source sees who is told of it; its administrators decide, and those of the console for all sources.
ALTER TABLE notification_route ENABLE ROW LEVEL SECURITY;
ALTER TABLE notification_route FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON notification_route FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON notification_route FOR SELECT
  USING (source = '' AND (SELECT governance_sources('view_integrity')) <> '{}'
         OR source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
CREATE POLICY made ON notification_route FOR INSERT
  WITH CHECK (coalesce(nullif(source, ''), 'console') = ANY ((SELECT governance_own_sources('administer'))::text[]));
CREATE POLICY ended ON notification_route FOR DELETE
  USING (coalesce(nullif(source, ''), 'console') = ANY ((SELECT governance_own_sources('administer'))::text[]));
