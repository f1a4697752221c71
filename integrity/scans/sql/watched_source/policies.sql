-- Only the machine says what it watches, in the name under which it reads the console; a person sees the sources
-- that the person holds.
ALTER TABLE watched_source ENABLE ROW LEVEL SECURITY;
ALTER TABLE watched_source FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON watched_source
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) = 'scan' AND (SELECT governance_user_id()) IS NULL);
CREATE POLICY seen ON watched_source FOR SELECT
  USING (source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
