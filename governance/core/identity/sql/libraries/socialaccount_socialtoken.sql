-- A table that a library brings and the console does not use: the machine's alone.
ALTER TABLE socialaccount_socialtoken ENABLE ROW LEVEL SECURITY;
ALTER TABLE socialaccount_socialtoken FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON socialaccount_socialtoken
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
