-- Keep the hash of a link that lets a person in once: to choose a first password, or another one, to open the first
-- administrator's account, or to say that a sign-in was somebody else's. A new one makes the former void.
CREATE FUNCTION link_make(hashed bytea, person uuid, why text, life interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  name text;
BEGIN
  IF life > interval '7 days' OR octet_length(hashed) <> 32 THEN
    RAISE check_violation USING MESSAGE = 'a link is known by a SHA-256 and lasts at most seven days';
  END IF;
  IF why = 'first' THEN
    IF governance_system() IS DISTINCT FROM 'install' OR person IS NOT NULL OR administrator_exists() THEN
      RAISE insufficient_privilege USING MESSAGE = 'the first administrator is let in by the installation alone';
    END IF;
  ELSIF why = 'disown' THEN
    IF person IS DISTINCT FROM governance_user_id() THEN
      RAISE insufficient_privilege USING MESSAGE = 'everybody disowns the own sign-ins';
    END IF;
  ELSIF why IN ('invite', 'reset') THEN
    PERFORM ledger_lock();
    IF governance_system() IS NULL AND (person = governance_user_id() OR NOT governance_administers(person)) THEN
      RAISE insufficient_privilege USING MESSAGE = 'only another person who administers this account lets it in';
    END IF;
    SELECT u.username INTO name FROM governance_user u WHERE u.id = person AND u.is_active;
    IF NOT FOUND THEN
      RAISE check_violation USING MESSAGE = 'a closed account takes no link';
    END IF;
    PERFORM ledger_append(ARRAY[ROW(NULL, 'user', person, NULL, 'user.link', NULL,
      jsonb_build_object('username', name, 'purpose', why))::ledger_draft]);
  ELSE
    RAISE check_violation USING MESSAGE = 'no link is made for that';
  END IF;
  -- Of the sign-ins of one person each has its own.
  DELETE FROM person_link l
  WHERE why <> 'disown' AND l.purpose <> 'disown' AND l.user_id IS NOT DISTINCT FROM person;
  INSERT INTO person_link (digest, user_id, purpose, expires_at, made_by)
  VALUES (hashed, person, why, clock_timestamp() + life, governance_user_id());
END $$;
