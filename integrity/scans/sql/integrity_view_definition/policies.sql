-- A definition that a scan read names a business's tables and columns: it is for those who hold that source, and written
-- by the identity that scans. It leaves no entry.
ALTER TABLE integrity_view_definition ENABLE ROW LEVEL SECURITY;
ALTER TABLE integrity_view_definition FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON integrity_view_definition
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) = 'scan' AND (SELECT governance_user_id()) IS NULL);
CREATE POLICY seen ON integrity_view_definition FOR SELECT
  USING (source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
