-- finding: RLS_ALWAYS_TRUE
-- A slip of the pen: the column is compared with itself.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes TO authenticated USING (owner_id = owner_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
