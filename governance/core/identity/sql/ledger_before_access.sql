-- Who may enter is itself recorded, so whoever changes an account, a role or a delegation takes the ledger's lock first,
-- as every writer does.
CREATE FUNCTION ledger_before_access() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    RAISE insufficient_privilege USING
      MESSAGE = format('TRUNCATE on %s refused: it would leave no entry', TG_TABLE_NAME);
  END IF;
  PERFORM ledger_lock();
  RETURN NULL;
END $$;

-- On accounts only for the columns that are recorded: a sign-in, which moves last_login, must not queue behind a
-- long scan.
CREATE TRIGGER a_ledger_lock BEFORE INSERT OR DELETE OR TRUNCATE
  OR UPDATE OF username, first_name, last_name, email, is_active, is_staff, is_superuser
  ON governance_user FOR EACH STATEMENT EXECUTE FUNCTION ledger_before_access();
CREATE TRIGGER a_ledger_lock BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE
  ON source_role FOR EACH STATEMENT EXECUTE FUNCTION ledger_before_access();
CREATE TRIGGER a_ledger_lock BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE
  ON delegation FOR EACH STATEMENT EXECUTE FUNCTION ledger_before_access();
CREATE TRIGGER a_ledger_lock BEFORE INSERT OR DELETE OR TRUNCATE
  ON mfa_authenticator FOR EACH STATEMENT EXECUTE FUNCTION ledger_before_access();
