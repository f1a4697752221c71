-- A second factor that comes or goes is recorded: whose, and of which kind; nothing of its secret. A sign-in that uses one
-- changes its row, which is no change of the person's factors.
CREATE FUNCTION factor_recorded() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM trigger_serves('public.mfa_authenticator', TG_RELID);
  PERFORM ledger_append(array_agg(
    ROW(NULL, 'user', f.user_id, NULL,
        CASE TG_OP WHEN 'INSERT' THEN 'user.factor.on' ELSE 'user.factor.off' END, NULL,
        jsonb_build_object('factor', f.type, 'username', u.username))::ledger_draft ORDER BY f.id))
  FROM moved AS f LEFT JOIN governance_user u ON u.id = f.user_id;
  RETURN NULL;
END $$;

CREATE TRIGGER z_ledger_on AFTER INSERT ON mfa_authenticator REFERENCING NEW TABLE AS moved
  FOR EACH STATEMENT EXECUTE FUNCTION factor_recorded();
CREATE TRIGGER z_ledger_off AFTER DELETE ON mfa_authenticator REFERENCING OLD TABLE AS moved
  FOR EACH STATEMENT EXECUTE FUNCTION factor_recorded();
