-- finding: RLS_LEAK
-- Some parent is one's own, but not this row's.
CREATE TABLE projects (id uuid PRIMARY KEY, owner_id uuid NOT NULL);
CREATE TABLE tasks (id uuid PRIMARY KEY, project_id uuid NOT NULL REFERENCES projects (id), title text);
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON projects FOR SELECT TO authenticated USING (owner_id = auth.uid());
CREATE POLICY own ON tasks FOR SELECT TO authenticated USING (EXISTS (SELECT FROM projects p WHERE p.owner_id = auth.uid()));
GRANT SELECT ON projects, tasks TO authenticated;
