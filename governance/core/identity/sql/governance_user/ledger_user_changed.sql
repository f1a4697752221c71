-- What changes of an account is recorded; of a password that it changed, and nothing more.
CREATE FUNCTION ledger_user_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  drafts ledger_draft[];
  only_passwords boolean;
  unsigned boolean;
BEGIN
  PERFORM trigger_serves('public.governance_user', TG_RELID);
  SELECT array_agg(
      ROW(NULL, 'user', n.id, NULL, CASE WHEN account <> '{}' THEN 'user.change' ELSE 'user.password' END,
          ledger_changed(ledger_account(n), ledger_account(o)),
          account || CASE WHEN n.password <> o.password THEN '{"password_changed": true}' ELSE '{}' END::jsonb
      )::ledger_draft ORDER BY n.username),
    bool_and(account = '{}')
  INTO drafts, only_passwords
  FROM newtab AS n JOIN oldtab AS o ON o.id = n.id,
    LATERAL (SELECT ledger_changed(ledger_account(o), ledger_account(n)) AS account) AS delta
  WHERE account <> '{}' OR n.password <> o.password;
  IF drafts IS NULL THEN
    RETURN NULL;  -- a sign-in moved last_login, which is not a change of the account
  END IF;
  -- Signing in may re-hash a password by newer rules before anybody is known to act.
  unsigned := only_passwords AND governance_user_id() IS NULL AND governance_system() IS NULL;
  IF unsigned THEN
    PERFORM set_config('governance.system', 'accounts', true);
  END IF;
  PERFORM ledger_append(drafts);
  IF unsigned THEN
    PERFORM set_config('governance.system', '', true);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER z_ledger_changed AFTER UPDATE ON governance_user
  REFERENCING OLD TABLE AS oldtab NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_user_changed();
