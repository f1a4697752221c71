-- Who reads and changes accounts, roles, sessions and e-mail addresses. While nobody acts there are no rows.
-- Not forced on governance_user and source_role: the functions that answer who may do what read them as the
-- owner, and so do those below. The owner is bound by the triggers, which are ENABLE ALWAYS.

-- Whether the acting person may change somebody's account: administers a source, and every source on which
-- that person holds a role, so that an administrator of one depot cannot close another one's account.
CREATE FUNCTION governance_administers(person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT held <> '{}' AND NOT EXISTS (
    SELECT FROM source_role sr WHERE sr.user_id = person AND sr.source <> ALL (held))
  FROM governance_own_sources('administer') AS held
$$;

-- The whole account of the person who acts, hash included, and nothing to anybody else. The request of a session
-- says who acts in the argument: account_of(set_config('governance.user_id', id, true)::uuid), one round trip.
CREATE FUNCTION account_of(wanted uuid) RETURNS SETOF governance_user
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT u.* FROM governance_user u
  WHERE u.id = wanted AND governance_user_id() = wanted
$$;

-- Names of people whose ids the reader has met in rows that the reader may see (who acknowledged, who holds
-- a role), for whoever holds a role anywhere. By id only: nobody lists people with it.
CREATE FUNCTION governance_people(wanted uuid[])
RETURNS TABLE (id uuid, username varchar, first_name varchar, last_name varchar, is_active boolean)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT u.id, u.username, u.first_name, u.last_name, u.is_active
  FROM governance_user u
  WHERE u.id = ANY (wanted)
    AND (governance_system() IS NOT NULL OR governance_user_id() = u.id
         OR (SELECT governance_own_sources('view_integrity')) <> '{}')
$$;

-- Accounts as an administrator sees and changes them: without the hash.
CREATE VIEW account WITH (security_barrier) AS
  SELECT id, username, first_name, last_name, email, is_active, last_login, date_joined
  FROM governance_user
  WHERE (SELECT governance_system()) IS NOT NULL
     OR (SELECT governance_own_sources('administer')) <> '{}';

-- --- Ids ---------------------------------------------------------------------------------------------

-- What names a person in a row stays: an id that moves is another person with the same rights.
CREATE FUNCTION identity_kept() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY TG_ARGV LOOP
    IF to_jsonb(NEW) -> kept IS DISTINCT FROM to_jsonb(OLD) -> kept THEN
      RAISE insufficient_privilege USING
        MESSAGE = format('%s.%s names a person and never changes', TG_TABLE_NAME, kept);
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

-- The last trigger before the row is written, so that no other can move an id after it looked.
CREATE TRIGGER zz_identity_kept BEFORE UPDATE ON governance_user
  FOR EACH ROW EXECUTE FUNCTION identity_kept('id');
CREATE TRIGGER zz_identity_kept BEFORE UPDATE ON source_role
  FOR EACH ROW EXECUTE FUNCTION identity_kept('id', 'user_id');
CREATE TRIGGER zz_identity_kept BEFORE UPDATE ON delegation
  FOR EACH ROW EXECUTE FUNCTION identity_kept('id', 'holder_id', 'granted_by');
CREATE TRIGGER zz_identity_kept BEFORE UPDATE ON account_emailaddress
  FOR EACH ROW EXECUTE FUNCTION identity_kept('id', 'user_id');
ALTER TABLE governance_user ENABLE ALWAYS TRIGGER zz_identity_kept;
ALTER TABLE source_role ENABLE ALWAYS TRIGGER zz_identity_kept;
ALTER TABLE delegation ENABLE ALWAYS TRIGGER zz_identity_kept;
ALTER TABLE account_emailaddress ENABLE ALWAYS TRIGGER zz_identity_kept;

-- --- Accounts ----------------------------------------------------------------------------------------

-- Which columns a person may change: of the own account what harms nobody, of others what an administrator
-- manages. Nobody sets another's password, and only the machine makes staff or superusers, or removes an account.
CREATE FUNCTION account_guard() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  open text[] := '{}';
  unentered constant text[] := '{last_login,language,tour_dismissed_at}';
BEGIN
  IF governance_system() IS NOT NULL AND governance_user_id() IS NOT NULL THEN
    RAISE insufficient_privilege USING MESSAGE = 'the machine or a person changes an account, not both';
  END IF;
  -- What leaves an entry is done by who began to write: ledger_lock refuses a row to anybody else.
  IF TG_OP IN ('INSERT', 'DELETE') OR to_jsonb(NEW) - unentered IS DISTINCT FROM to_jsonb(OLD) - unentered THEN
    PERFORM ledger_lock();
  END IF;
  IF TG_OP <> 'DELETE' AND char_length(NEW.language) > 20 THEN
    RAISE check_violation USING MESSAGE = 'a language is named by at most 20 characters';
  END IF;
  IF governance_system() IS NOT NULL THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  ELSIF TG_OP = 'DELETE' THEN
    RAISE insufficient_privilege USING MESSAGE = 'only the machine removes an account';
  ELSIF governance_user_id() IS NULL THEN
    RAISE insufficient_privilege USING MESSAGE = 'nobody is acting: no account changes';
  ELSIF TG_OP = 'INSERT' THEN
    -- Whoever opens an account reads these entries: they are the console's.
    IF EXISTS (SELECT FROM ledger_entry WHERE subject_type = 'user' AND subject_id = NEW.id::text) THEN
      RAISE insufficient_privilege USING MESSAGE = 'this id named somebody already, whose deeds it still names';
    END IF;
    IF governance_own_sources('administer') = '{}' OR NEW.is_staff OR NEW.is_superuser THEN
      RAISE insufficient_privilege USING MESSAGE = 'only who administers a source opens an account';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.id = governance_user_id() THEN
    open := open || ARRAY['password', 'last_login', 'language', 'tour_dismissed_at'];
  END IF;
  IF governance_administers(OLD.id) THEN
    open := open || ARRAY['username', 'first_name', 'last_name', 'email', 'is_active'];
  END IF;
  IF to_jsonb(NEW) - open IS DISTINCT FROM to_jsonb(OLD) - open THEN
    RAISE insufficient_privilege USING
      MESSAGE = 'this person may not change that of this account',
      HINT = 'Only who administers every source on which somebody holds a role changes their account.';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER c_account_guard BEFORE INSERT OR UPDATE OR DELETE ON governance_user
  FOR EACH ROW EXECUTE FUNCTION account_guard();
ALTER TABLE governance_user ENABLE ALWAYS TRIGGER c_account_guard;

ALTER TABLE governance_user ENABLE ROW LEVEL SECURITY;
CREATE POLICY machine ON governance_user
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY own ON governance_user FOR SELECT
  USING (id = (SELECT governance_user_id()));
CREATE POLICY own_changed ON governance_user FOR UPDATE
  USING (id = (SELECT governance_user_id()))
  WITH CHECK (id = (SELECT governance_user_id()));
CREATE POLICY opened ON governance_user FOR INSERT
  WITH CHECK ((SELECT governance_own_sources('administer')) <> '{}');

-- --- Roles -------------------------------------------------------------------------------------------

-- A person sees the own roles and those on the sources that the person sees. Who may change one is refused
-- aloud by ledger_may_grant, so the policy for changes asks no more than that the row be seen.
ALTER TABLE source_role ENABLE ROW LEVEL SECURITY;
CREATE POLICY machine ON source_role
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON source_role FOR SELECT
  USING (user_id = (SELECT governance_user_id())
         OR source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
CREATE POLICY granted ON source_role FOR INSERT
  WITH CHECK ((SELECT governance_user_id()) IS NOT NULL);
CREATE POLICY changed ON source_role FOR UPDATE
  USING (user_id = (SELECT governance_user_id())
         OR source = ANY ((SELECT governance_sources('view_integrity'))::text[]))
  WITH CHECK (true);
CREATE POLICY revoked ON source_role FOR DELETE
  USING (user_id = (SELECT governance_user_id())
         OR source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
ALTER TABLE source_role ENABLE ALWAYS TRIGGER b_ledger_may_grant;

-- Whether the holder is an active gerant is asked as the owner: the lender sees no other account.
ALTER FUNCTION delegation_lent() SECURITY DEFINER;

-- --- What the libraries bring ------------------------------------------------------------------------

-- Addresses beside the one of the account could be added unverified by anybody, and opened the account.
DELETE FROM account_emailconfirmation;
DELETE FROM account_emailaddress;
DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['account_emailaddress', 'account_emailconfirmation',
                             'governance_user_groups', 'governance_user_user_permissions'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY machine ON %I USING ((SELECT governance_system()) IS NOT NULL)'
                   ' WITH CHECK ((SELECT governance_system()) IS NOT NULL)', one);
  END LOOP;
END $$;

-- --- Sessions ----------------------------------------------------------------------------------------

-- Whoever brings a session's key has that session and no other: the table itself is granted to nobody.
ALTER TABLE django_session ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION session_read(wanted text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT session_data FROM django_session
  WHERE session_key = wanted AND expire_date > statement_timestamp()
$$;

-- False when a new key is taken already, or when the session to change is gone. Anybody may bring one, so it is
-- small, and ends.
CREATE FUNCTION session_write(wanted text, content text, expires timestamptz, is_new boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF octet_length(content) > 100000 OR expires > statement_timestamp() + interval '400 days' THEN
    RAISE check_violation USING MESSAGE = 'a session has at most 100 KB and lasts at most 400 days';
  END IF;
  IF is_new THEN
    INSERT INTO django_session (session_key, session_data, expire_date) VALUES (wanted, content, expires)
    ON CONFLICT DO NOTHING;
  ELSE
    UPDATE django_session SET session_data = content, expire_date = expires WHERE session_key = wanted;
  END IF;
  RETURN FOUND;
END $$;

CREATE FUNCTION session_delete(wanted text) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  DELETE FROM django_session WHERE session_key = wanted
$$;

CREATE FUNCTION session_tidy() RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  DELETE FROM django_session WHERE expire_date < statement_timestamp()
$$;
