-- finding: RLS_UNPROTECTABLE
-- Splinter: materialized_view_in_api.
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id uuid NOT NULL REFERENCES auth.users (id), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes FOR ALL TO authenticated USING (owner_id = auth.uid());
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
CREATE MATERIALIZED VIEW totals AS SELECT owner_id, count(*) FROM notes GROUP BY 1;
GRANT SELECT ON totals TO authenticated;
