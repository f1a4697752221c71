-- finding: RLS_LEAK
-- What cannot be read can be overwritten: an UPDATE without WHERE asks no SELECT policy.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY change ON notes FOR UPDATE TO authenticated USING (auth.uid() IS NOT NULL);
GRANT UPDATE ON notes TO authenticated;
