-- Remove somebody's second factors, unread, when their telephone is lost; their sessions end as well. Gives how many.
CREATE FUNCTION factors_reset(person uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  gone integer;
BEGIN
  PERFORM ledger_lock();
  IF governance_system() IS NULL AND (person = governance_user_id() OR NOT governance_administers(person)) THEN
    RAISE insufficient_privilege USING MESSAGE = 'only another person who administers this account resets its factors';
  END IF;
  DELETE FROM mfa_authenticator WHERE user_id = person;
  GET DIAGNOSTICS gone = ROW_COUNT;
  IF gone > 0 THEN
    PERFORM sessions_close(person, 'factor', NULL, NULL);
  END IF;
  RETURN gone;
END $$;
