-- A report names tables and roles of a business: it is for those who hold that source, and kept by the identity that
-- examines it.
ALTER TABLE source_report ENABLE ROW LEVEL SECURITY;
ALTER TABLE source_report FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON source_report
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) = 'source_check' AND (SELECT governance_user_id()) IS NULL);
CREATE POLICY seen ON source_report FOR SELECT
  USING (source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
