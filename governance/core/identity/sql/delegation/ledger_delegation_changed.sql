-- A delegation that ends early is recorded as ended, at the clock's instant (delegation_ended.sql).
CREATE FUNCTION ledger_delegation_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM trigger_serves('public.delegation', TG_RELID);
  PERFORM ledger_append(array_agg(
    ROW(n.source, 'delegation', n.id, NULL,
        CASE WHEN n.ends_at <= clock_timestamp() THEN 'delegation.revoke' ELSE 'delegation.change' END,
        ledger_changed(now_is, was), ledger_changed(was, now_is))::ledger_draft ORDER BY n.id))
  FROM newtab AS n JOIN oldtab AS o ON o.id = n.id,
    LATERAL (SELECT ledger_delegation(o) || jsonb_build_object('source', o.source) AS was,
                    ledger_delegation(n) || jsonb_build_object('source', n.source) AS now_is) AS delta
  WHERE was <> now_is;
  RETURN NULL;
END $$;

CREATE TRIGGER z_ledger_changed AFTER UPDATE ON delegation
  REFERENCING OLD TABLE AS oldtab NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_delegation_changed();
