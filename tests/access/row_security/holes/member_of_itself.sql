-- finding: RLS_LEAK
-- In the subquery both sides are the membership's own column.
CREATE TABLE orgs (id uuid PRIMARY KEY, name text);
CREATE TABLE members (org_id uuid REFERENCES orgs (id), user_id uuid REFERENCES auth.users (id), role text NOT NULL, PRIMARY KEY (org_id, user_id));
CREATE TABLE invoices (id uuid PRIMARY KEY, org_id uuid NOT NULL REFERENCES orgs (id), amount numeric);
ALTER TABLE orgs ENABLE ROW LEVEL SECURITY;
ALTER TABLE members ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON members FOR SELECT TO authenticated USING (user_id = auth.uid());
GRANT SELECT ON members TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON invoices TO authenticated;
CREATE POLICY member ON invoices TO authenticated USING (EXISTS (
  SELECT FROM members m WHERE m.org_id = m.org_id AND m.user_id = auth.uid()));
