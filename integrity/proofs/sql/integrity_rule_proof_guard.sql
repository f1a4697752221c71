-- A proof's row is evidence: written once by the machine, never changed.
CREATE FUNCTION integrity_rule_proof_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'the record of a proof is never changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF governance_system() IS NULL THEN
    RAISE EXCEPTION 'only the machine records a proof' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM ledger_lock();
  RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON integrity_rule_proof
  FOR EACH STATEMENT EXECUTE FUNCTION integrity_rule_proof_guard();
