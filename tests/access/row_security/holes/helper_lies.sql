-- finding: RLS_LEAK
-- The helper's name promises what its body does not ask.
CREATE TABLE orgs (id uuid PRIMARY KEY, name text);
CREATE TABLE members (org_id uuid REFERENCES orgs (id), user_id uuid REFERENCES auth.users (id), role text NOT NULL, PRIMARY KEY (org_id, user_id));
CREATE TABLE invoices (id uuid PRIMARY KEY, org_id uuid NOT NULL REFERENCES orgs (id), amount numeric);
ALTER TABLE orgs ENABLE ROW LEVEL SECURITY;
ALTER TABLE members ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON members FOR SELECT TO authenticated USING (user_id = auth.uid());
GRANT SELECT ON members TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON invoices TO authenticated;
CREATE FUNCTION is_member(org uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = helper_lies, pg_temp
  AS 'SELECT EXISTS (SELECT FROM members WHERE user_id = auth.uid())';
REVOKE ALL ON FUNCTION is_member(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_member(uuid) TO authenticated;
CREATE POLICY member ON invoices TO authenticated USING (is_member(org_id));
