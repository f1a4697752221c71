-- Accounts as an administrator sees and changes them: without the hash.
CREATE VIEW account WITH (security_barrier) AS
  SELECT id, username, first_name, last_name, email, is_active, last_login, date_joined
  FROM governance_user
  WHERE (SELECT governance_system()) IS NOT NULL
     OR (SELECT governance_own_sources('administer')) <> '{}';
