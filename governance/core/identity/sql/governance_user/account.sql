-- Accounts as an administrator sees and changes them: without the hash, and of second factors only whether there is one.
CREATE VIEW account WITH (security_barrier) AS
  SELECT id, username, first_name, last_name, email, is_active, last_login, date_joined,
    EXISTS (SELECT FROM mfa_authenticator a WHERE a.user_id = governance_user.id AND a.type <> 'recovery_codes')
      AS has_factor
  FROM governance_user
  WHERE (SELECT governance_system()) IS NOT NULL
     OR (SELECT governance_own_sources('administer')) <> '{}';
