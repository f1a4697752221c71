-- Undoes accounts.sql, but for the addresses that it removed.
DROP FUNCTION session_tidy();
DROP FUNCTION session_delete(text);
DROP FUNCTION session_write(text, text, timestamptz, boolean);
DROP FUNCTION session_read(text);
ALTER TABLE django_session DISABLE ROW LEVEL SECURITY;
DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['account_emailaddress', 'account_emailconfirmation',
                             'governance_user_groups', 'governance_user_user_permissions'] LOOP
    EXECUTE format('DROP POLICY machine ON %I', one);
    EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', one);
  END LOOP;
END $$;
ALTER FUNCTION delegation_lent() SECURITY INVOKER;
ALTER TABLE source_role ENABLE TRIGGER b_ledger_may_grant;
DROP POLICY revoked ON source_role;
DROP POLICY changed ON source_role;
DROP POLICY granted ON source_role;
DROP POLICY seen ON source_role;
DROP POLICY machine ON source_role;
ALTER TABLE source_role DISABLE ROW LEVEL SECURITY;
DROP POLICY opened ON governance_user;
DROP POLICY own_changed ON governance_user;
DROP POLICY own ON governance_user;
DROP POLICY machine ON governance_user;
ALTER TABLE governance_user DISABLE ROW LEVEL SECURITY;
DROP TRIGGER c_account_guard ON governance_user;
DROP FUNCTION account_guard();
DROP TRIGGER zz_identity_kept ON account_emailaddress;
DROP TRIGGER zz_identity_kept ON delegation;
DROP TRIGGER zz_identity_kept ON source_role;
DROP TRIGGER zz_identity_kept ON governance_user;
DROP FUNCTION identity_kept();
DROP VIEW account;
DROP FUNCTION governance_people(uuid[]);
DROP FUNCTION account_of(uuid);
DROP FUNCTION governance_administers(uuid);
