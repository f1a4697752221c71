-- finding: RLS_LEAK
-- Whoever signed in reads and writes the rows of all.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY signed_in ON notes TO authenticated USING (auth.uid() IS NOT NULL);
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
