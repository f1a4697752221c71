-- One ledger entry per alert that is opened, whichever statement did it. SECURITY DEFINER: the runtime role may not call
-- ledger_append itself, or it could write a history that never happened.
CREATE FUNCTION system_alerts_record_opened() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC'
SET work_mem = '128MB' AS $$
BEGIN
  PERFORM trigger_serves('public.system_alerts', TG_RELID);
  PERFORM ledger_append(array_agg(
    ROW(n.concerns, 'alert', n.id::text, n.check_code, 'alert.open', NULL,
        to_jsonb(n) - '{severity_rank,concerns}'::text[])::ledger_draft
    ORDER BY n.severity_rank, n.check_code, n.entity_id))
  FROM newtab AS n;
  RETURN NULL;
END $$;

CREATE TRIGGER z_record_opened AFTER INSERT ON system_alerts REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION system_alerts_record_opened();
