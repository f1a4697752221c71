-- Signed by who administers the source, seen by who reads its history.
ALTER TABLE access_review ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_review FORCE ROW LEVEL SECURITY;

CREATE POLICY machine ON access_review FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);

CREATE POLICY seen ON access_review FOR SELECT
  USING (source = ANY ((SELECT governance_own_sources('history'))::text[]));

CREATE POLICY signed ON access_review FOR INSERT
  WITH CHECK (source = ANY ((SELECT governance_own_sources('administer'))::text[]));
