-- Only the machine that watches the packs says what is wrong with them; a person sees it of the sources held.
ALTER TABLE rule_fault ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_fault FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON rule_fault
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) = 'packs' AND (SELECT governance_user_id()) IS NULL);
CREATE POLICY seen ON rule_fault FOR SELECT
  USING (source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
