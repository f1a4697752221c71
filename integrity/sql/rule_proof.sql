-- A proof's row is evidence: written once by the machine, never changed, and entered in the ledger.
CREATE FUNCTION integrity_rule_proof_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
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

CREATE FUNCTION integrity_rule_proof_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
  PERFORM ledger_append(
    array_agg(
      ROW(nullif(n.source, ''), 'rule', n.code, n.code, 'rule.prove', NULL,
          to_jsonb(n) - 'id' - 'code' - 'source')::ledger_draft
      ORDER BY n.code))
  FROM added AS n
  HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON integrity_rule_proof
  FOR EACH STATEMENT EXECUTE FUNCTION integrity_rule_proof_guard();
CREATE TRIGGER z_record AFTER INSERT ON integrity_rule_proof
  REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION integrity_rule_proof_record();

ALTER TABLE integrity_rule_proof ENABLE ROW LEVEL SECURITY;
ALTER TABLE integrity_rule_proof FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON integrity_rule_proof
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
-- A proof on the reference depot (no source) says how good a rule is and nothing of any business.
CREATE POLICY seen ON integrity_rule_proof FOR SELECT
  USING (CASE source WHEN '' THEN cardinality((SELECT governance_sources('view_integrity'))) > 0
         ELSE source = ANY ((SELECT governance_sources('view_integrity'))::text[]) END);
