-- Who sees what stood: who reads the entries that say so. Forced: the owner is bound as well.
ALTER TABLE alert_mark ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert_mark FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON alert_mark FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON alert_mark FOR SELECT
  USING (concerns = ANY ((SELECT governance_sources('history'))::text[]));
-- Who may insert is not a question of rows: alert_mark_next is the only door.
CREATE POLICY marked ON alert_mark FOR INSERT WITH CHECK ((SELECT governance_system()) IS NOT NULL);
