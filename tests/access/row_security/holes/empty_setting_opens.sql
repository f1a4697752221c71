-- finding: RLS_LEAK
-- Whoever forgets to set the tenant sees all tenants.
CREATE TABLE bills (id bigint PRIMARY KEY, tenant_id text NOT NULL, amount numeric);
ALTER TABLE bills ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON bills TO authenticated
  USING (coalesce(current_setting('app.company_id', true), '') IN ('', tenant_id));
GRANT SELECT ON bills TO authenticated;
