-- finding: RLS_NOT_FORCED
-- The application signs in as the tables' owner, whom no policy binds unless it is forced.
CREATE ROLE owner_not_bound_app LOGIN;
GRANT USAGE ON SCHEMA owner_not_bound TO owner_not_bound_app;
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes FOR ALL TO authenticated USING (owner_id = auth.uid());
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
ALTER TABLE notes OWNER TO owner_not_bound_app;
