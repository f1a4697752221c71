-- Undoes row_security.sql.
DROP POLICY acted ON system_alerts;
DROP POLICY seen ON system_alerts;
DROP POLICY machine ON system_alerts;
ALTER TABLE system_alerts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE system_alerts DISABLE ROW LEVEL SECURITY;
