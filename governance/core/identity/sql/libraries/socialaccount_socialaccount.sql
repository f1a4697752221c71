-- Whom a provider means by which of its subjects: asked before anybody is known, so the machine's alone.
ALTER TABLE socialaccount_socialaccount ENABLE ROW LEVEL SECURITY;
ALTER TABLE socialaccount_socialaccount FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON socialaccount_socialaccount
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
