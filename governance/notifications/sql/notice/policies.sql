-- Who was told of an alert is seen by who sees the alert.
ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON notice
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON notice FOR SELECT
  USING (source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
