-- finding: RLS_LEAK
-- Reading is narrow, deleting is not.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_own ON notes FOR SELECT TO authenticated USING (owner_id = auth.uid());
CREATE POLICY remove ON notes FOR DELETE TO authenticated USING (auth.uid() IS NOT NULL);
GRANT SELECT, DELETE ON notes TO authenticated;
