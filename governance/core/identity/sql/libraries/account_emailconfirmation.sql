-- A table that a library brings and the console does not use: the machine's alone.
ALTER TABLE account_emailconfirmation ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_emailconfirmation FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON account_emailconfirmation
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
