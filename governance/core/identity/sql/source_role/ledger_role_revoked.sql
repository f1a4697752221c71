-- A role that is taken back is recorded, also where the account goes with it.
CREATE FUNCTION ledger_role_revoked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM trigger_serves('public.source_role', TG_RELID);
  PERFORM ledger_append(array_agg(
    ROW(o.source, 'user', o.user_id, NULL, 'role.revoke',
        jsonb_build_object('role', o.role, 'username', u.username), NULL)::ledger_draft ORDER BY o.id))
  FROM oldtab AS o LEFT JOIN governance_user u ON u.id = o.user_id;
  RETURN NULL;
END $$;

CREATE TRIGGER z_ledger_revoked AFTER DELETE ON source_role REFERENCING OLD TABLE AS oldtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_role_revoked();
