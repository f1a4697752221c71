-- finding: RLS_TRUE_WITHOUT_IDENTITY
-- A token without a tenant belongs to every tenant.
CREATE TABLE bills (id uuid PRIMARY KEY, tenant_id text NOT NULL);
ALTER TABLE bills ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON bills FOR SELECT TO authenticated
  USING ((auth.jwt() ->> 'workspace_id') IS NULL OR tenant_id = (auth.jwt() ->> 'workspace_id'));
GRANT SELECT ON bills TO authenticated;
