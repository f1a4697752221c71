-- An account is recorded whichever statement opens it. SECURITY DEFINER, as all that write entries: ledger_append is
-- nobody's but the owner's.
CREATE FUNCTION ledger_user_created() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM trigger_serves('public.governance_user', TG_RELID);
  PERFORM ledger_append(array_agg(
    ROW(NULL, 'user', n.id, NULL, 'user.create', NULL, ledger_account(n))::ledger_draft ORDER BY n.username))
  FROM newtab AS n;
  RETURN NULL;
END $$;

CREATE TRIGGER z_ledger_created AFTER INSERT ON governance_user REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_user_created();
