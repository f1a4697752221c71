-- A definition that a scan read is evidence: written once by the machine, never changed. It needs no entry
-- in the ledger: the scan's entry has its hash, and the row cannot say anything else under that hash.
CREATE FUNCTION integrity_view_definition_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
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

ALTER TABLE integrity_view_definition ADD CONSTRAINT integrity_view_definition_is_its_hash
  CHECK (view_hash = encode(sha256(convert_to(definition, 'UTF8')), 'hex'));

-- It names a business's tables and columns: for those who hold that source.
ALTER TABLE integrity_view_definition ENABLE ROW LEVEL SECURITY;
ALTER TABLE integrity_view_definition FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON integrity_view_definition
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON integrity_view_definition FOR SELECT
  USING (source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
