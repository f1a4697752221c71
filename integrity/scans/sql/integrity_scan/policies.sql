-- Who sees a scan: who sees its source. The machine writes it.
ALTER TABLE integrity_scan ENABLE ROW LEVEL SECURITY;
ALTER TABLE integrity_scan FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON integrity_scan
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON integrity_scan FOR SELECT
  USING (source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
