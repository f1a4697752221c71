-- Who lends is who acts, whatever the statement says.
CREATE FUNCTION ledger_lender_is_session() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  NEW.granted_by := coalesce(governance_user_id(), NEW.granted_by);
  RETURN NEW;
END $$;

CREATE TRIGGER b_ledger_lender BEFORE INSERT
  ON delegation FOR EACH ROW EXECUTE FUNCTION ledger_lender_is_session();
