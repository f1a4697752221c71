-- A proof is entered in the ledger, by the identity alone that computes it (ledger_action).
CREATE FUNCTION integrity_rule_proof_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
  PERFORM trigger_serves('public.integrity_rule_proof', TG_RELID);
  PERFORM ledger_action_check('rule.prove', 'rule', NULL);
  PERFORM ledger_append(
    array_agg(
      ROW(nullif(n.source, ''), 'rule', n.code, n.code, 'rule.prove', NULL,
          to_jsonb(n) - 'id' - 'code' - 'source')::ledger_draft
      ORDER BY n.code))
  FROM added AS n
  HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE TRIGGER z_record AFTER INSERT ON integrity_rule_proof
  REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION integrity_rule_proof_record();
