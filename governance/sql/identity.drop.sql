-- Undoes identity.sql.
DROP FUNCTION governance_role_on(text);
DROP FUNCTION governance_sources(text);
DROP FUNCTION governance_system();
DROP FUNCTION governance_user_id();
