-- What is lent is recorded under its source.
CREATE FUNCTION ledger_delegation_granted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM trigger_serves('public.delegation', TG_RELID);
  IF EXISTS (SELECT FROM newtab WHERE granted_by <> governance_user_id()) THEN
    RAISE insufficient_privilege USING MESSAGE = 'nobody signs for somebody else';
  END IF;
  PERFORM ledger_append(array_agg(
    ROW(n.source, 'delegation', n.id, NULL, 'delegation.grant', NULL,
        ledger_delegation(n) || jsonb_build_object('username', u.username))::ledger_draft ORDER BY n.id))
  FROM newtab AS n LEFT JOIN governance_user u ON u.id = n.holder_id;
  RETURN NULL;
END $$;

CREATE TRIGGER z_ledger_granted AFTER INSERT ON delegation REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_delegation_granted();
