-- finding: RLS_DISABLED
-- Splinter: rls_disabled_in_public.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
