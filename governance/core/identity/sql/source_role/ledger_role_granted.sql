-- Roles are a person's, so they stand in that person's record, under the source that they concern.
CREATE FUNCTION ledger_role_granted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM trigger_serves('public.source_role', TG_RELID);
  PERFORM ledger_append(array_agg(
    ROW(n.source, 'user', n.user_id, NULL, 'role.grant', NULL,
        jsonb_build_object('role', n.role, 'username', u.username))::ledger_draft ORDER BY n.id))
  FROM newtab AS n LEFT JOIN governance_user u ON u.id = n.user_id;
  RETURN NULL;
END $$;

CREATE TRIGGER z_ledger_granted AFTER INSERT ON source_role REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_role_granted();
