-- Undoes saved_filter.sql; the table goes with its policies.
DROP POLICY near ON saved_filter;
DROP POLICY own ON saved_filter;
ALTER TABLE saved_filter DROP CONSTRAINT saved_filter_owner;
ALTER TABLE saved_filter NO FORCE ROW LEVEL SECURITY;
ALTER TABLE saved_filter DISABLE ROW LEVEL SECURITY;
DROP FUNCTION saved_filter_near(uuid);
