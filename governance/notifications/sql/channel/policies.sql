-- Names of channels are seen by everybody signed in who sees anything; administrators of the console set them up. The
-- worker notes who holds one.
ALTER TABLE channel ENABLE ROW LEVEL SECURITY;
ALTER TABLE channel FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON channel
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON channel FOR SELECT
  USING ((SELECT governance_sources('view_integrity')) <> '{}');
CREATE POLICY made ON channel FOR INSERT
  WITH CHECK ('console' = ANY ((SELECT governance_own_sources('administer'))::text[]));
CREATE POLICY changed ON channel FOR UPDATE
  USING ('console' = ANY ((SELECT governance_own_sources('administer'))::text[]));
