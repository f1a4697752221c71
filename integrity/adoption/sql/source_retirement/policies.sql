-- An administrator of the source says that it is no more; who held it sees that.
ALTER TABLE source_retirement ENABLE ROW LEVEL SECURITY;
ALTER TABLE source_retirement FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON source_retirement FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON source_retirement FOR SELECT
  USING (source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
CREATE POLICY said ON source_retirement FOR INSERT
  WITH CHECK (source = ANY ((SELECT governance_sources('administer'))::text[]));
