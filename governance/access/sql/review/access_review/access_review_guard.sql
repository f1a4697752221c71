-- A review is signed once, by a person; or the machine enters, as `install`, that one was held elsewhere before. The head of the ledger first, as every writer does.
CREATE FUNCTION access_review_guard() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE insufficient_privilege USING MESSAGE = 'a review that was signed is never changed or deleted';
  END IF;
  IF governance_user_id() IS NULL AND governance_system() IS DISTINCT FROM 'install' THEN
    RAISE insufficient_privilege USING MESSAGE = 'only a person reviews';
  END IF;
  PERFORM ledger_lock();
  RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON access_review
  FOR EACH STATEMENT EXECUTE FUNCTION access_review_guard();
ALTER TABLE access_review ENABLE ALWAYS TRIGGER a_guard;
