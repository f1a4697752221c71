-- finding: RLS_LEAK
-- A visitor reads what has an owner.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes FOR ALL TO authenticated USING (owner_id = auth.uid());
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
CREATE POLICY visitors ON notes FOR SELECT TO anon USING (owner_id IS NOT NULL);
GRANT SELECT ON notes TO anon;
