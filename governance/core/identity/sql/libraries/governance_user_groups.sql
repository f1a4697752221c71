-- A table that a library brings and the console does not use: the machine's alone.
ALTER TABLE governance_user_groups ENABLE ROW LEVEL SECURITY;
ALTER TABLE governance_user_groups FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON governance_user_groups
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
