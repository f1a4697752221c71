-- Each retirement leaves one ledger entry, with its reason.
CREATE FUNCTION source_retirement_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  drafts ledger_draft[];
BEGIN
  PERFORM trigger_serves('public.source_retirement', TG_RELID);
  IF EXISTS (SELECT FROM newtab WHERE retired_by IS DISTINCT FROM governance_user_id()) THEN
    RAISE insufficient_privilege USING MESSAGE = 'nobody signs for somebody else';
  END IF;
  SELECT array_agg(
    ROW(n.source, 'source', n.source, NULL, 'source.retire', NULL,
        jsonb_build_object('note', n.note))::ledger_draft ORDER BY n.source)
  INTO drafts FROM newtab AS n;
  IF drafts IS NOT NULL THEN
    PERFORM ledger_append(drafts);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER z_record AFTER INSERT ON source_retirement REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION source_retirement_record();
