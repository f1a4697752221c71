-- Undoes access_tables_only.sql: the functions as access_triggers.sql has them.

CREATE OR REPLACE FUNCTION ledger_user_created() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM ledger_append(array_agg(
    ROW(NULL, 'user', n.id, NULL, 'user.create', NULL, ledger_account(n))::ledger_draft ORDER BY n.username))
  FROM newtab AS n;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION ledger_user_changed() RETURNS trigger
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

CREATE OR REPLACE FUNCTION ledger_user_deleted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM ledger_append(array_agg(
    ROW(NULL, 'user', o.id, NULL, 'user.delete', ledger_account(o), NULL)::ledger_draft ORDER BY o.username))
  FROM oldtab AS o;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION ledger_role_granted() RETURNS trigger
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

CREATE OR REPLACE FUNCTION ledger_role_changed() RETURNS trigger
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

CREATE OR REPLACE FUNCTION ledger_role_revoked() RETURNS trigger
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

CREATE OR REPLACE FUNCTION ledger_delegation_granted() RETURNS trigger
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

CREATE OR REPLACE FUNCTION ledger_delegation_changed() RETURNS trigger
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

CREATE OR REPLACE FUNCTION ledger_delegation_revoked() RETURNS trigger
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
