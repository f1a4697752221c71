-- Undoes identity.sql.
DROP POLICY machine ON delegation;
DROP POLICY seen ON delegation;
DROP POLICY ended ON delegation;
DROP POLICY lent ON delegation;
ALTER TABLE delegation NO FORCE ROW LEVEL SECURITY;
ALTER TABLE delegation DISABLE ROW LEVEL SECURITY;
DROP FUNCTION governance_role_on(text);
DROP FUNCTION governance_sources(text);
DROP FUNCTION governance_own_sources(text);
DROP FUNCTION governance_system();
DROP FUNCTION governance_user_id();
