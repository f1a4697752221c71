-- Signed by who administers the source, seen by who reads its history; a former one is entered at the installation.
ALTER TABLE access_review ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_review FORCE ROW LEVEL SECURITY;

CREATE POLICY machine ON access_review FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);

CREATE POLICY seen ON access_review FOR SELECT
  USING (source = ANY ((SELECT governance_own_sources('history'))::text[]));

CREATE POLICY entered ON access_review FOR INSERT
  WITH CHECK ((SELECT governance_system()) = 'install');

CREATE POLICY signed ON access_review FOR INSERT
  WITH CHECK (source = ANY ((SELECT governance_own_sources('administer'))::text[]));
