-- A comment is written once, by a person. The head of the ledger first, as every writer does (system_alerts_guard).
CREATE FUNCTION alert_comment_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'a comment is never changed or deleted' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF governance_user_id() IS NULL THEN
    RAISE EXCEPTION 'nobody is acting: only a person comments' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM ledger_lock();
  RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON alert_comment
  FOR EACH STATEMENT EXECUTE FUNCTION alert_comment_guard();
