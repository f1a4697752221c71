-- finding: RLS_LEAK
-- Whoever signed in writes rows in the name of others.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_own ON notes FOR SELECT TO authenticated USING (owner_id = auth.uid());
CREATE POLICY add ON notes FOR INSERT TO authenticated WITH CHECK (auth.uid() IS NOT NULL);
GRANT SELECT, INSERT ON notes TO authenticated;
