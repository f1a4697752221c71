-- finding: RLS_POLICY_UNUSED
-- Splinter: policy_exists_rls_disabled.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
CREATE POLICY own ON notes FOR ALL TO authenticated USING (owner_id = auth.uid());
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
