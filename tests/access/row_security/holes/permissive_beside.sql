-- finding: RLS_LEAK
-- Meant to narrow, but permissive policies are added with OR.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text, status text NOT NULL);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes FOR ALL TO authenticated USING (owner_id = auth.uid());
CREATE POLICY active_only ON notes FOR SELECT TO authenticated USING (status = 'active');
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
