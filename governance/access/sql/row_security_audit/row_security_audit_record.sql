-- An audit is entered in the ledger with its numbers and its hash, by the identity alone that computes it.
CREATE FUNCTION row_security_audit_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
  PERFORM trigger_serves('public.row_security_audit', TG_RELID);
  PERFORM ledger_action_check('row_security.audit', 'row_security', NEW.source);
  PERFORM ledger_append(ARRAY[ROW(
    NEW.source, 'row_security', NEW.id::text, NULL, 'row_security.audit', NULL,
    jsonb_build_object('looked', NEW.looked, 'found', NEW.found, 'unsure', NEW.unsure, 'audited_at', NEW.audited_at,
      'matrix_sha256', NEW.matrix_sha256))::ledger_draft]);
  RETURN NULL;
END $$;

CREATE TRIGGER z_record AFTER INSERT ON row_security_audit
  FOR EACH ROW EXECUTE FUNCTION row_security_audit_record();
