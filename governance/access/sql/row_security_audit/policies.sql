-- The machine writes audits; who administers a source reads its own.
ALTER TABLE row_security_audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE row_security_audit FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON row_security_audit
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON row_security_audit FOR SELECT
  USING (source = ANY ((SELECT governance_sources('administer'))::text[]));
