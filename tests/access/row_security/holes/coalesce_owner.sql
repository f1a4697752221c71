-- finding: RLS_LEAK
-- Without an identity the owner is compared with himself.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes TO authenticated USING (owner_id = coalesce(auth.uid(), owner_id));
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
