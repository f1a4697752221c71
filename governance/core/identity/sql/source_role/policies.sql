-- A person sees the own roles and those on the sources that the person sees. Who may change one is refused aloud by
-- ledger_may_grant, so the policy for changes asks no more than that the row be seen. Not forced, as governance_user.
ALTER TABLE source_role ENABLE ROW LEVEL SECURITY;
CREATE POLICY machine ON source_role
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);

CREATE POLICY seen ON source_role FOR SELECT
  USING (user_id = (SELECT governance_user_id())
         OR source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
CREATE POLICY granted ON source_role FOR INSERT
  WITH CHECK ((SELECT governance_user_id()) IS NOT NULL);
CREATE POLICY changed ON source_role FOR UPDATE
  USING (user_id = (SELECT governance_user_id())
         OR source = ANY ((SELECT governance_sources('view_integrity'))::text[]))
  WITH CHECK (true);
CREATE POLICY revoked ON source_role FOR DELETE
  USING (user_id = (SELECT governance_user_id())
         OR source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
