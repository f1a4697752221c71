-- Each change of a calendar leaves one ledger entry: what it was, what it is.
CREATE FUNCTION source_calendar_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  drafts ledger_draft[];
BEGIN
  PERFORM trigger_serves('public.source_calendar', TG_RELID);
  IF EXISTS (SELECT FROM newtab WHERE set_by IS DISTINCT FROM governance_user_id()) THEN
    RAISE insufficient_privilege USING MESSAGE = 'nobody signs for somebody else';
  END IF;
  SELECT array_agg(
    ROW(n.source, 'source', n.source, NULL, 'calendar.set', to_jsonb(was) - '{id,source,set_by,at}'::text[],
        to_jsonb(n) - '{id,source,set_by,at}'::text[])::ledger_draft ORDER BY n.at, n.id)
  INTO drafts FROM newtab AS n LEFT JOIN LATERAL (
    SELECT c.* FROM source_calendar AS c WHERE c.source = n.source AND c.id <> n.id AND c.at <= n.at
    ORDER BY c.at DESC LIMIT 1) AS was ON true;
  IF drafts IS NOT NULL THEN
    PERFORM ledger_append(drafts);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER z_record AFTER INSERT ON source_calendar REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION source_calendar_record();
