-- Who reads and changes accounts. While nobody acts there are no rows. Not forced: the functions that answer who may do
-- what read them as the owner. The owner is bound by the triggers, which are ENABLE ALWAYS.
ALTER TABLE governance_user ENABLE ROW LEVEL SECURITY;
CREATE POLICY machine ON governance_user
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);

CREATE POLICY own ON governance_user FOR SELECT
  USING (id = (SELECT governance_user_id()));

CREATE POLICY own_changed ON governance_user FOR UPDATE
  USING (id = (SELECT governance_user_id()))
  WITH CHECK (id = (SELECT governance_user_id()));

CREATE POLICY opened ON governance_user FOR INSERT
  WITH CHECK ((SELECT governance_own_sources('administer')) <> '{}');
