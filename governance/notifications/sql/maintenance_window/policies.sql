-- Seen by who sees the source; made, and ended early, by who administers it.
ALTER TABLE maintenance_window ENABLE ROW LEVEL SECURITY;
ALTER TABLE maintenance_window FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON maintenance_window
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON maintenance_window FOR SELECT
  USING (source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
CREATE POLICY made ON maintenance_window FOR INSERT
  WITH CHECK (source = ANY ((SELECT governance_own_sources('administer'))::text[]));
CREATE POLICY ended ON maintenance_window FOR UPDATE
  USING (source = ANY ((SELECT governance_own_sources('administer'))::text[]));
