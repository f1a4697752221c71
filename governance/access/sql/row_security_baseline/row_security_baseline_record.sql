-- Who approved which audit, with the note, in the ledger.
CREATE FUNCTION row_security_baseline_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
  PERFORM trigger_serves('public.row_security_baseline', TG_RELID);
  PERFORM ledger_action_check('row_security.approve', 'row_security', NEW.source);
  IF NEW.approved_by IS DISTINCT FROM governance_user_id() THEN
    RAISE insufficient_privilege USING MESSAGE = 'nobody signs for somebody else';
  END IF;
  PERFORM ledger_append(ARRAY[ROW(
    NEW.source, 'row_security', NEW.audit_id::text, NULL, 'row_security.approve', NULL,
    jsonb_build_object('note', NEW.note, 'matrix_sha256',
      (SELECT a.matrix_sha256 FROM row_security_audit AS a WHERE a.id = NEW.audit_id)))::ledger_draft]);
  RETURN NULL;
END $$;

CREATE TRIGGER z_record AFTER INSERT ON row_security_baseline
  FOR EACH ROW EXECUTE FUNCTION row_security_baseline_record();
