-- For a transaction of the machine that writes much: from here on its entries wait in a batch (ledger_pending) and the
-- head is left to others, until ledger_seal() or the commit. It takes row locks before the head, so it must not wait
-- for anything that a person may hold together with the head.
CREATE FUNCTION ledger_later() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF governance_system() IS NULL OR governance_user_id() IS NOT NULL THEN
    RAISE insufficient_privilege USING MESSAGE = 'only the machine enters later what it writes';
  END IF;
  PERFORM set_config('governance.ledger_later', pg_current_xact_id()::text, true);
END $$;
