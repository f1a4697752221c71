-- A definition that a scan read is evidence: written once by the machine, never changed. It needs no entry
-- in the ledger: the scan's entry has its hash, and the row cannot say anything else under that hash.
CREATE FUNCTION integrity_view_definition_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'a definition that was read is never changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF governance_system() IS NULL THEN
    RAISE EXCEPTION 'only the machine keeps a definition' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON integrity_view_definition
  FOR EACH STATEMENT EXECUTE FUNCTION integrity_view_definition_guard();
