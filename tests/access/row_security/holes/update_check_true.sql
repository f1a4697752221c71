-- finding: RLS_LEAK
-- One's own row may be made somebody else's.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_own ON notes FOR SELECT TO authenticated USING (owner_id = auth.uid());
CREATE POLICY change ON notes FOR UPDATE TO authenticated USING (owner_id = auth.uid()) WITH CHECK (true);
GRANT SELECT, UPDATE ON notes TO authenticated;
