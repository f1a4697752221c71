-- A delegation that goes with its holder's account is recorded as well.
CREATE FUNCTION ledger_delegation_revoked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM trigger_serves('public.delegation', TG_RELID);
  PERFORM ledger_append(array_agg(
    ROW(o.source, 'delegation', o.id, NULL, 'delegation.revoke',
        ledger_delegation(o) || jsonb_build_object('username', u.username), NULL)::ledger_draft ORDER BY o.id))
  FROM oldtab AS o LEFT JOIN governance_user u ON u.id = o.holder_id;
  RETURN NULL;
END $$;

CREATE TRIGGER z_ledger_revoked AFTER DELETE ON delegation REFERENCING OLD TABLE AS oldtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_delegation_revoked();
