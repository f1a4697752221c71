-- finding: RLS_LEAK
-- Supabase's former template: auth.role() = 'authenticated'.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY signed_in ON notes TO authenticated USING (auth.role() = 'authenticated');
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
