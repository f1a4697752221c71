DROP POLICY seen ON watched_source;
DROP POLICY machine ON watched_source;
ALTER TABLE watched_source NO FORCE ROW LEVEL SECURITY;
ALTER TABLE watched_source DISABLE ROW LEVEL SECURITY;
