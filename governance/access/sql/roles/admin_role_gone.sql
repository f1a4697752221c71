-- A source keeps an administrator: the role is taken from the last one by no statement, the machine's included.
CREATE FUNCTION admin_role_gone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM trigger_serves('public.source_role', TG_RELID);
  -- Who is closed administered nothing any more.
  IF EXISTS (SELECT FROM governance_user u WHERE u.id = OLD.user_id AND u.is_active) THEN
    PERFORM admin_remains(OLD.source);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER y_admin_role_gone AFTER UPDATE OR DELETE ON source_role
  FOR EACH ROW WHEN (OLD.role = 'admin') EXECUTE FUNCTION admin_role_gone();
ALTER TABLE source_role ENABLE ALWAYS TRIGGER y_admin_role_gone;
