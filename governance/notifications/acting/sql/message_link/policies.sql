-- That a link was used belongs to its person, and nobody unsays it.
ALTER TABLE message_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE message_link FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON message_link FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY own ON message_link FOR SELECT
  USING (person_id = (SELECT governance_user_id()));
CREATE POLICY used ON message_link FOR INSERT
  WITH CHECK (person_id = (SELECT governance_user_id()));
-- Through messages_tidy(), which keeps it as long as messages.
CREATE POLICY tidied ON message_link FOR DELETE
  USING ((SELECT governance_system()) IS NOT NULL);
