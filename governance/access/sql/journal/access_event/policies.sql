-- Written and forgotten by the machine as `journal`. Read by the machine, and by who administers a source: what strangers
-- and people without a role did, and what those did who hold a role on one of the reader's sources.
ALTER TABLE access_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_event FORCE ROW LEVEL SECURITY;

CREATE POLICY machine ON access_event FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);

CREATE POLICY seen ON access_event FOR SELECT
  USING ((SELECT governance_own_sources('administer')) <> '{}'
         AND (sources = '{}' OR sources && (SELECT governance_own_sources('administer'))::text[]));

CREATE POLICY noted ON access_event FOR INSERT
  WITH CHECK ((SELECT governance_system()) = 'journal');

CREATE POLICY forgotten ON access_event FOR DELETE
  USING ((SELECT governance_system()) = 'journal');
