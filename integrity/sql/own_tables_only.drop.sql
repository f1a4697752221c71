-- Undoes own_tables_only.sql: the functions as scan.sql and rule_proof.sql have them.

CREATE OR REPLACE FUNCTION integrity_scan_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
  PERFORM ledger_append(ARRAY[ROW(
    NEW.source, 'scan', NEW.id::text, NULL, 'scan.' || lower(NEW.outcome), NULL,
    to_jsonb(NEW) - 'id' - 'outcome')::ledger_draft]);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION integrity_rule_proof_record() RETURNS trigger
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

ALTER POLICY machine ON integrity_view_definition WITH CHECK ((SELECT governance_system()) IS NOT NULL);
ALTER POLICY machine ON job_run WITH CHECK ((SELECT governance_system()) IS NOT NULL);
