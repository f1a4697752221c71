-- An account that goes leaves its name in the record.
CREATE FUNCTION ledger_user_deleted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM trigger_serves('public.governance_user', TG_RELID);
  PERFORM ledger_append(array_agg(
    ROW(NULL, 'user', o.id, NULL, 'user.delete', ledger_account(o), NULL)::ledger_draft ORDER BY o.username))
  FROM oldtab AS o;
  RETURN NULL;
END $$;

CREATE TRIGGER z_ledger_deleted AFTER DELETE ON governance_user REFERENCING OLD TABLE AS oldtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_user_deleted();
