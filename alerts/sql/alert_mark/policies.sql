-- Who sees what stood: who reads the entries that say so. Not forced: alert_mark_next, as the owner, writes for everybody.
ALTER TABLE alert_mark ENABLE ROW LEVEL SECURITY;
CREATE POLICY machine ON alert_mark FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON alert_mark FOR SELECT
  USING (concerns = ANY ((SELECT governance_sources('history'))::text[]));
