-- A table that a library brings and the console does not use: the machine's alone.
ALTER TABLE account_emailaddress ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_emailaddress FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON account_emailaddress
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
