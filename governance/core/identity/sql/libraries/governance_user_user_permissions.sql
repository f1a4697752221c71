-- A table that a library brings and the console does not use: the machine's alone.
ALTER TABLE governance_user_user_permissions ENABLE ROW LEVEL SECURITY;
ALTER TABLE governance_user_user_permissions FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON governance_user_user_permissions
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
