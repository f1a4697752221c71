-- finding: RLS_LEAK
-- A CASE whose last branch lets everybody in.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes FOR SELECT TO authenticated USING (CASE WHEN auth.role() = 'anon' THEN owner_id = auth.uid() ELSE owner_id IS NOT NULL END);
GRANT SELECT ON notes TO authenticated;
