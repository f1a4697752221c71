-- Who administers a source grants roles on it, to others: nobody gives themselves a role, or another one. Asked before each row, because after the statement a person who granted it
-- to themselves would pass; and asked of who began the statement: ledger_lock refuses a row to anybody else.
CREATE FUNCTION ledger_may_grant() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  administered text[];
BEGIN
  PERFORM ledger_lock();
  IF governance_system() IS NULL THEN
    administered := governance_own_sources('administer');
    IF (TG_OP <> 'INSERT' AND OLD.source <> ALL (administered))
       OR (TG_OP <> 'DELETE' AND NEW.source <> ALL (administered)) THEN
      RAISE insufficient_privilege USING MESSAGE = 'only who administers a source grants a role on it';
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.user_id = governance_user_id() THEN
      RAISE insufficient_privilege USING
        MESSAGE = 'nobody gives themselves a role', CONSTRAINT = 'role_is_given_by_others';
    END IF;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER b_ledger_may_grant BEFORE INSERT OR UPDATE OR DELETE
  ON source_role FOR EACH ROW EXECUTE FUNCTION ledger_may_grant();
ALTER TABLE source_role ENABLE ALWAYS TRIGGER b_ledger_may_grant;
