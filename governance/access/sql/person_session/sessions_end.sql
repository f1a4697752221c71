-- End sessions, the own ones or those of somebody whose account one administers; gives how many. What an administrator
-- does, and what somebody says was not them, is recorded.
CREATE FUNCTION sessions_end(person uuid, why text, only_one text, all_but text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  is_recorded constant boolean := why IN ('ended', 'disowned');
  ended integer;
BEGIN
  IF why NOT IN ('ended', 'disowned', 'elsewhere', 'password', 'factor') THEN
    RAISE check_violation USING MESSAGE = 'nobody ends a session for that reason';
  END IF;
  IF is_recorded THEN
    PERFORM ledger_lock();
  END IF;
  IF governance_system() IS NULL AND person IS DISTINCT FROM governance_user_id()
     AND (why <> 'ended' OR NOT governance_administers(person)) THEN
    RAISE insufficient_privilege USING MESSAGE = 'only who administers this account ends its sessions';
  END IF;
  ended := sessions_close(person, why, only_one, all_but);
  IF is_recorded THEN
    PERFORM ledger_append(ARRAY[ROW(NULL, 'user', person, NULL, 'user.sessions', NULL, jsonb_build_object(
      'sessions', ended, 'ended_for', why,
      'username', (SELECT u.username FROM governance_user u WHERE u.id = person)))::ledger_draft]);
  END IF;
  RETURN ended;
END $$;
