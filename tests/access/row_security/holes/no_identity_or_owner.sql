-- finding: RLS_LEAK
-- The classic: true for whoever has no identity. Behaviour alone shows it.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes TO authenticated USING (auth.uid() IS NULL OR owner_id = auth.uid());
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
