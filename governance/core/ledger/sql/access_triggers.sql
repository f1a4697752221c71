-- Who may enter is itself recorded: accounts, roles and delegations, whichever statement changes them.
-- SECURITY DEFINER, because ledger_append is nobody's but the owner's.

-- What is remembered of an account: enough to name somebody whose account is gone. An allow-list, so
-- that no column added later, and never the password's hash, gets in by itself.
CREATE FUNCTION ledger_account(account governance_user) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN jsonb_build_object(
  'username', account.username, 'first_name', account.first_name, 'last_name', account.last_name,
  'email', account.email, 'is_active', account.is_active, 'is_staff', account.is_staff,
  'is_superuser', account.is_superuser);

CREATE FUNCTION ledger_delegation(lent delegation) RETURNS jsonb
LANGUAGE sql STABLE
RETURN jsonb_build_object(
  'holder', lent.holder_id, 'granted_by', lent.granted_by,
  'ends_at', to_char(lent.ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'));

-- The keys of `now` that `was` has otherwise.
CREATE FUNCTION ledger_changed(was jsonb, now jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN (SELECT coalesce(jsonb_object_agg(n.key, n.value), '{}')
        FROM jsonb_each(now) AS n WHERE n.value IS DISTINCT FROM was -> n.key);

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

-- Before each row, because after the statement a person who granted it to themselves would pass.
CREATE FUNCTION ledger_may_grant() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  administered text[];
BEGIN
  IF governance_system() IS NULL THEN
    administered := governance_own_sources('administer');
    IF (TG_OP <> 'INSERT' AND OLD.source <> ALL (administered))
       OR (TG_OP <> 'DELETE' AND NEW.source <> ALL (administered)) THEN
      RAISE insufficient_privilege USING MESSAGE = 'only who administers a source grants a role on it';
    END IF;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION ledger_lender_is_session() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  NEW.granted_by := coalesce(governance_user_id(), NEW.granted_by);
  RETURN NEW;
END $$;

CREATE FUNCTION ledger_user_created() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM ledger_append(array_agg(
    ROW(NULL, 'user', n.id, NULL, 'user.create', NULL, ledger_account(n))::ledger_draft ORDER BY n.username))
  FROM newtab AS n;
  RETURN NULL;
END $$;

CREATE FUNCTION ledger_user_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  drafts ledger_draft[];
  only_passwords boolean;
  unsigned boolean;
BEGIN
  SELECT array_agg(
      ROW(NULL, 'user', n.id, NULL, CASE WHEN account <> '{}' THEN 'user.change' ELSE 'user.password' END,
          ledger_changed(ledger_account(n), ledger_account(o)),
          account || CASE WHEN n.password <> o.password THEN '{"password_changed": true}' ELSE '{}' END::jsonb
      )::ledger_draft ORDER BY n.username),
    bool_and(account = '{}')
  INTO drafts, only_passwords
  FROM newtab AS n JOIN oldtab AS o ON o.id = n.id,
    LATERAL (SELECT ledger_changed(ledger_account(o), ledger_account(n)) AS account) AS delta
  WHERE account <> '{}' OR n.password <> o.password;
  IF drafts IS NULL THEN
    RETURN NULL;  -- a sign-in moved last_login, which is not a change of the account
  END IF;
  -- Signing in may re-hash a password by newer rules before anybody is known to act.
  unsigned := only_passwords AND governance_user_id() IS NULL AND governance_system() IS NULL;
  IF unsigned THEN
    PERFORM set_config('governance.system', 'accounts', true);
  END IF;
  PERFORM ledger_append(drafts);
  IF unsigned THEN
    PERFORM set_config('governance.system', '', true);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION ledger_user_deleted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM ledger_append(array_agg(
    ROW(NULL, 'user', o.id, NULL, 'user.delete', ledger_account(o), NULL)::ledger_draft ORDER BY o.username))
  FROM oldtab AS o;
  RETURN NULL;
END $$;

-- Roles are a person's, so they stand in that person's record, under the source that they concern.
CREATE FUNCTION ledger_role_granted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM ledger_append(array_agg(
    ROW(n.source, 'user', n.user_id, NULL, 'role.grant', NULL,
        jsonb_build_object('role', n.role, 'username', u.username))::ledger_draft ORDER BY n.id))
  FROM newtab AS n LEFT JOIN governance_user u ON u.id = n.user_id;
  RETURN NULL;
END $$;

-- A row that moves to another person or source is a revocation there and a grant here.
CREATE FUNCTION ledger_role_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM ledger_append(array_agg(draft ORDER BY id, step))
  FROM (
    SELECT n.id, 1 AS step,
      ROW(n.source, 'user', n.user_id, NULL, 'role.change', jsonb_build_object('role', o.role),
          jsonb_build_object('role', n.role, 'username', u.username))::ledger_draft AS draft
    FROM newtab n JOIN oldtab o ON (o.id, o.user_id, o.source) = (n.id, n.user_id, n.source)
    LEFT JOIN governance_user u ON u.id = n.user_id
    WHERE o.role <> n.role
    UNION ALL
    SELECT o.id, 1,
      ROW(o.source, 'user', o.user_id, NULL, 'role.revoke',
          jsonb_build_object('role', o.role, 'username', u.username), NULL)::ledger_draft
    FROM oldtab o LEFT JOIN governance_user u ON u.id = o.user_id
    WHERE NOT EXISTS (SELECT FROM newtab n WHERE (n.id, n.user_id, n.source) = (o.id, o.user_id, o.source))
    UNION ALL
    SELECT n.id, 2,
      ROW(n.source, 'user', n.user_id, NULL, 'role.grant', NULL,
          jsonb_build_object('role', n.role, 'username', u.username))::ledger_draft
    FROM newtab n LEFT JOIN governance_user u ON u.id = n.user_id
    WHERE NOT EXISTS (SELECT FROM oldtab o WHERE (o.id, o.user_id, o.source) = (n.id, n.user_id, n.source))
  ) AS moves;
  RETURN NULL;
END $$;

CREATE FUNCTION ledger_role_revoked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM ledger_append(array_agg(
    ROW(o.source, 'user', o.user_id, NULL, 'role.revoke',
        jsonb_build_object('role', o.role, 'username', u.username), NULL)::ledger_draft ORDER BY o.id))
  FROM oldtab AS o LEFT JOIN governance_user u ON u.id = o.user_id;
  RETURN NULL;
END $$;

CREATE FUNCTION ledger_delegation_granted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM ledger_append(array_agg(
    ROW(n.source, 'delegation', n.id, NULL, 'delegation.grant', NULL,
        ledger_delegation(n) || jsonb_build_object('username', u.username))::ledger_draft ORDER BY n.id))
  FROM newtab AS n LEFT JOIN governance_user u ON u.id = n.holder_id;
  RETURN NULL;
END $$;

CREATE FUNCTION ledger_delegation_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM ledger_append(array_agg(
    ROW(n.source, 'delegation', n.id, NULL,
        CASE WHEN n.ends_at <= statement_timestamp() THEN 'delegation.revoke' ELSE 'delegation.change' END,
        ledger_changed(now_is, was), ledger_changed(was, now_is))::ledger_draft ORDER BY n.id))
  FROM newtab AS n JOIN oldtab AS o ON o.id = n.id,
    LATERAL (SELECT ledger_delegation(o) || jsonb_build_object('source', o.source) AS was,
                    ledger_delegation(n) || jsonb_build_object('source', n.source) AS now_is) AS delta
  WHERE was <> now_is;
  RETURN NULL;
END $$;

CREATE FUNCTION ledger_delegation_revoked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM ledger_append(array_agg(
    ROW(o.source, 'delegation', o.id, NULL, 'delegation.revoke',
        ledger_delegation(o) || jsonb_build_object('username', u.username), NULL)::ledger_draft ORDER BY o.id))
  FROM oldtab AS o LEFT JOIN governance_user u ON u.id = o.holder_id;
  RETURN NULL;
END $$;

-- Lock first, as every writer does. On accounts only for the columns that are recorded: a sign-in, which
-- moves last_login, must not queue behind a long scan.
CREATE TRIGGER a_ledger_lock BEFORE INSERT OR DELETE OR TRUNCATE
  OR UPDATE OF username, first_name, last_name, email, is_active, is_staff, is_superuser
  ON governance_user FOR EACH STATEMENT EXECUTE FUNCTION ledger_before_access();
CREATE TRIGGER a_ledger_lock BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE
  ON source_role FOR EACH STATEMENT EXECUTE FUNCTION ledger_before_access();
CREATE TRIGGER a_ledger_lock BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE
  ON delegation FOR EACH STATEMENT EXECUTE FUNCTION ledger_before_access();

CREATE TRIGGER b_ledger_may_grant BEFORE INSERT OR UPDATE OR DELETE
  ON source_role FOR EACH ROW EXECUTE FUNCTION ledger_may_grant();
CREATE TRIGGER b_ledger_lender BEFORE INSERT
  ON delegation FOR EACH ROW EXECUTE FUNCTION ledger_lender_is_session();

CREATE TRIGGER z_ledger_created AFTER INSERT ON governance_user REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_user_created();
CREATE TRIGGER z_ledger_changed AFTER UPDATE ON governance_user
  REFERENCING OLD TABLE AS oldtab NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_user_changed();
CREATE TRIGGER z_ledger_deleted AFTER DELETE ON governance_user REFERENCING OLD TABLE AS oldtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_user_deleted();

CREATE TRIGGER z_ledger_granted AFTER INSERT ON source_role REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_role_granted();
CREATE TRIGGER z_ledger_changed AFTER UPDATE ON source_role
  REFERENCING OLD TABLE AS oldtab NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_role_changed();
CREATE TRIGGER z_ledger_revoked AFTER DELETE ON source_role REFERENCING OLD TABLE AS oldtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_role_revoked();

CREATE TRIGGER z_ledger_granted AFTER INSERT ON delegation REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_delegation_granted();
CREATE TRIGGER z_ledger_changed AFTER UPDATE ON delegation
  REFERENCING OLD TABLE AS oldtab NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_delegation_changed();
CREATE TRIGGER z_ledger_revoked AFTER DELETE ON delegation REFERENCING OLD TABLE AS oldtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_delegation_revoked();
