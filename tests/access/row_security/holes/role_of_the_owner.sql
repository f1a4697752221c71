-- finding: RLS_ROLE_ESCALATION
-- The exposed role may become the tables' owner.
CREATE ROLE role_of_the_owner_app NOLOGIN;
GRANT USAGE ON SCHEMA role_of_the_owner TO role_of_the_owner_app;
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes FOR ALL TO authenticated USING (owner_id = auth.uid());
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
ALTER TABLE notes OWNER TO role_of_the_owner_app;
GRANT role_of_the_owner_app TO authenticated;
