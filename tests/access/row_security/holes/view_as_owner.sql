-- finding: RLS_VIEW_AS_OWNER
-- Splinter: security_definer_view.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes FOR ALL TO authenticated USING (owner_id = auth.uid());
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
CREATE VIEW recent AS SELECT * FROM notes;
GRANT SELECT ON recent TO authenticated;
