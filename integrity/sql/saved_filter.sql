-- A filter that somebody kept, and perhaps shared. Everybody reads their own; a shared one is read by whoever
-- sees a source that its owner sees, so that nobody learns the names of filters of places they do not know.
-- Only the owner changes or removes it. No entry in the ledger: it is a way of looking, not a deed.
CREATE FUNCTION saved_filter_near(their uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT EXISTS (
    SELECT FROM source_role AS theirs
    WHERE theirs.user_id = their AND theirs.source = ANY (governance_sources('view_integrity')))
$$;

ALTER TABLE saved_filter ADD CONSTRAINT saved_filter_owner
  FOREIGN KEY (owner_id) REFERENCES governance_user (id) ON DELETE CASCADE;

ALTER TABLE saved_filter ENABLE ROW LEVEL SECURITY;
ALTER TABLE saved_filter FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON saved_filter
  USING (owner_id = (SELECT governance_user_id()))
  WITH CHECK (owner_id = (SELECT governance_user_id()));
CREATE POLICY near ON saved_filter FOR SELECT
  USING (shared AND saved_filter_near(owner_id));
