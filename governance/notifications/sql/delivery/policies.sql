-- A message is seen by whom it was for and by who sees its source, the test of a channel by administrators. A person changes one
-- by a replay, or by following its link (delivery_changed.sql says what may change).
ALTER TABLE delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON delivery
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON delivery FOR SELECT
  USING (person_id = (SELECT governance_user_id())
         OR source = ANY ((SELECT governance_sources('view_integrity'))::text[])
         OR kind = 'TEST' AND 'console' = ANY ((SELECT governance_own_sources('administer'))::text[]));
CREATE POLICY tested ON delivery FOR INSERT
  WITH CHECK (kind = 'TEST' AND 'console' = ANY ((SELECT governance_own_sources('administer'))::text[]));
CREATE POLICY changed ON delivery FOR UPDATE
  USING (person_id = (SELECT governance_user_id())
         OR source = ANY ((SELECT governance_own_sources('administer'))::text[])
         OR kind = 'TEST' AND 'console' = ANY ((SELECT governance_own_sources('administer'))::text[]));
