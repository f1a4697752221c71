-- A preference belongs to its person; the machine reads it and notes that it sent.
ALTER TABLE brief_wish ENABLE ROW LEVEL SECURITY;
ALTER TABLE brief_wish FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON brief_wish FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY sent ON brief_wish FOR UPDATE
  USING ((SELECT governance_system()) = 'notify' AND (SELECT governance_user_id()) IS NULL);
CREATE POLICY own ON brief_wish
  USING (person_id = (SELECT governance_user_id()))
  WITH CHECK (person_id = (SELECT governance_user_id()));
