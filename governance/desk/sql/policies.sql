-- A filter that somebody kept, and perhaps shared. Everybody reads their own; a shared one is read by whoever
-- sees a source that its owner sees, so that nobody learns the names of filters of places they do not know.
-- Only the owner changes or removes it. No entry in the ledger: it is a way of looking, not an action.
ALTER TABLE saved_filter ENABLE ROW LEVEL SECURITY;
ALTER TABLE saved_filter FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON saved_filter
  USING (owner_id = (SELECT governance_user_id()))
  WITH CHECK (owner_id = (SELECT governance_user_id()));
CREATE POLICY near ON saved_filter FOR SELECT
  USING (shared AND saved_filter_near(owner_id));
