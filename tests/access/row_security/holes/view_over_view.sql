-- finding: RLS_LEAK
-- The upper view asks as its reader, the one below as its owner.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes FOR ALL TO authenticated USING (owner_id = auth.uid());
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
CREATE VIEW below AS SELECT * FROM notes;
CREATE VIEW above WITH (security_invoker = true) AS SELECT * FROM below;
GRANT SELECT ON below, above TO authenticated;
