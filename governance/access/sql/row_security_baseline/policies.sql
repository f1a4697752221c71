-- Who administers a source reads what was approved of it, and approves.
ALTER TABLE row_security_baseline ENABLE ROW LEVEL SECURITY;
ALTER TABLE row_security_baseline FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON row_security_baseline FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON row_security_baseline FOR SELECT
  USING (source = ANY ((SELECT governance_sources('administer'))::text[]));
CREATE POLICY approved ON row_security_baseline FOR INSERT
  WITH CHECK (source = ANY ((SELECT governance_sources('administer'))::text[]));
