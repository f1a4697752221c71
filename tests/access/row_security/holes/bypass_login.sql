-- finding: RLS_BYPASS_LOGIN
-- A reporting account that no policy binds.
CREATE ROLE bypass_login_reports LOGIN BYPASSRLS;
