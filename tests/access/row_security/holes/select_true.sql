-- finding: RLS_ALWAYS_TRUE
-- Splinter: rls_policy_always_true. Everybody signed in reads everything.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON notes FOR SELECT TO authenticated USING (true);
GRANT SELECT ON notes TO authenticated;
