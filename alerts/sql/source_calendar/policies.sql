-- Whoever reads a source's alerts reads by when they are due; its administrators say when it works, or who has the
-- command line of the console.
ALTER TABLE source_calendar ENABLE ROW LEVEL SECURITY;
ALTER TABLE source_calendar FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON source_calendar FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY entered ON source_calendar FOR INSERT
  WITH CHECK ((SELECT governance_system()) = 'calendar' AND (SELECT governance_user_id()) IS NULL);
CREATE POLICY seen ON source_calendar FOR SELECT
  USING (source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
CREATE POLICY said ON source_calendar FOR INSERT
  WITH CHECK (source = ANY ((SELECT governance_own_sources('administer'))::text[]));
