-- finding: RLS_LEAK
-- The bare name id is the inner table's, so the subquery asks nothing of the outer row.
CREATE TABLE teams (id uuid PRIMARY KEY, team_id uuid, user_id uuid NOT NULL);
CREATE TABLE plans (id uuid PRIMARY KEY, team_id uuid NOT NULL);
ALTER TABLE teams ENABLE ROW LEVEL SECURITY;
ALTER TABLE plans ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON teams FOR SELECT TO authenticated USING (user_id = auth.uid());
CREATE POLICY team ON plans FOR SELECT TO authenticated USING (EXISTS (
  SELECT FROM teams WHERE team_id = id AND user_id = auth.uid()));
GRANT SELECT ON teams, plans TO authenticated;
