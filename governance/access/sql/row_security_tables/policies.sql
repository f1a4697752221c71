-- The machine writes audits; who administers a source reads its own and approves them.
ALTER TABLE row_security_audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE row_security_audit FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON row_security_audit
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON row_security_audit FOR SELECT
  USING (source = ANY ((SELECT governance_sources('administer'))::text[]));
ALTER TABLE row_security_baseline ENABLE ROW LEVEL SECURITY;
ALTER TABLE row_security_baseline FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON row_security_baseline FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON row_security_baseline FOR SELECT
  USING (source = ANY ((SELECT governance_sources('administer'))::text[]));
CREATE POLICY approved ON row_security_baseline FOR INSERT
  WITH CHECK (source = ANY ((SELECT governance_sources('administer'))::text[]));
