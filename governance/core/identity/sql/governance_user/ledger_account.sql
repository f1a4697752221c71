-- What is remembered of an account: enough to name somebody whose account is gone. An allow-list, so
-- that no column added later, and never the password's hash, gets in by itself.
CREATE FUNCTION ledger_account(account governance_user) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN jsonb_build_object(
  'username', account.username, 'first_name', account.first_name, 'last_name', account.last_name,
  'email', account.email, 'is_active', account.is_active, 'is_staff', account.is_staff,
  'is_superuser', account.is_superuser);
