-- Who acts, as the ledger names it: a person's uuid, or system:<name>. Raises when nobody does, when
-- both a person and a system are set, and when the person is unknown or no longer active.
CREATE FUNCTION ledger_actor() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  person constant uuid := governance_user_id();
  machine constant text := governance_system();
BEGIN
  IF person IS NULL AND machine IS NULL THEN
    RAISE insufficient_privilege USING
      MESSAGE = 'nobody is acting: this change would have no author in the ledger',
      HINT = 'Set governance.user_id or governance.system for the transaction.';
  ELSIF person IS NOT NULL AND machine IS NOT NULL THEN
    RAISE insufficient_privilege USING
      MESSAGE = 'both governance.user_id and governance.system are set: one of them acts, not both';
  ELSIF machine IS NOT NULL THEN
    RETURN 'system:' || machine;
  ELSIF NOT EXISTS (SELECT FROM governance_user WHERE id = person AND is_active) THEN
    RAISE insufficient_privilege USING
      MESSAGE = 'governance.user_id names nobody who is active here';
  END IF;
  RETURN person;
END $$;
