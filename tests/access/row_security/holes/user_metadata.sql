-- finding: RLS_USER_METADATA
-- Splinter: rls_references_user_metadata. Everybody writes his own.
CREATE TABLE docs (id uuid PRIMARY KEY, team_id text NOT NULL);
ALTER TABLE docs ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON docs FOR SELECT TO authenticated
  USING (team_id = (auth.jwt() -> 'user_metadata' ->> 'team_id'));
GRANT SELECT ON docs TO authenticated;
