-- Who sees a summary: who sees its source. The machine writes it.
ALTER TABLE scan_summary ENABLE ROW LEVEL SECURITY;
ALTER TABLE scan_summary FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON scan_summary
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) = 'thin');
CREATE POLICY seen ON scan_summary FOR SELECT
  USING (source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
