-- The triggers that enter scans and proofs in the ledger with the owner's rights (scan.sql, rule_proof.sql)
-- work for their own tables alone, and for the identity alone that computes a scan or a proof (ledger_deed).
-- So do the policies of what leaves no entry: definitions of views, and what scheduled jobs did.

CREATE OR REPLACE FUNCTION integrity_scan_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
  PERFORM trigger_serves('public.integrity_scan', TG_RELID);
  PERFORM ledger_deed_check('scan.' || lower(NEW.outcome), 'scan', NEW.source);
  PERFORM ledger_append(ARRAY[ROW(
    NEW.source, 'scan', NEW.id::text, NULL, 'scan.' || lower(NEW.outcome), NULL,
    to_jsonb(NEW) - 'id' - 'outcome')::ledger_draft]);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION integrity_rule_proof_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
  PERFORM trigger_serves('public.integrity_rule_proof', TG_RELID);
  PERFORM ledger_deed_check('rule.prove', 'rule', NULL);
  PERFORM ledger_append(
    array_agg(
      ROW(nullif(n.source, ''), 'rule', n.code, n.code, 'rule.prove', NULL,
          to_jsonb(n) - 'id' - 'code' - 'source')::ledger_draft
      ORDER BY n.code))
  FROM added AS n
  HAVING count(*) > 0;
  RETURN NULL;
END $$;

ALTER POLICY machine ON integrity_view_definition
  WITH CHECK ((SELECT governance_system()) = 'scan' AND (SELECT governance_user_id()) IS NULL);
ALTER POLICY machine ON job_run
  WITH CHECK ((SELECT governance_system()) = 'schedule' AND (SELECT governance_user_id()) IS NULL);
