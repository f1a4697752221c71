-- finding: RLS_ALWAYS_TRUE
-- Splinter: rls_policy_always_true, in WITH CHECK: rows are written in anybody's name.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_own ON notes FOR SELECT TO authenticated USING (owner_id = auth.uid());
CREATE POLICY add ON notes FOR INSERT TO authenticated WITH CHECK (true);
GRANT SELECT, INSERT ON notes TO authenticated;
