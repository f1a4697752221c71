-- finding: RLS_AUTH_USERS_EXPOSED
-- Splinter: auth_users_exposed.
CREATE VIEW people AS SELECT id, email FROM auth.users;
GRANT SELECT ON people TO authenticated;
