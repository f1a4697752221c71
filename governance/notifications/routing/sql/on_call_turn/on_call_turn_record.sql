-- Each turn leaves one ledger entry.
CREATE FUNCTION on_call_turn_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  drafts ledger_draft[];
BEGIN
  PERFORM trigger_serves('public.on_call_turn', TG_RELID);
  SELECT array_agg(
    ROW(n.source, 'on_call', n.id::text, NULL, 'on_call.say', NULL,
        jsonb_build_object('person', n.person_id, 'starts_at', n.starts_at, 'ends_at', n.ends_at, 'reason', n.note)
    )::ledger_draft ORDER BY n.made_at, n.id)
  INTO drafts FROM newtab AS n;
  IF drafts IS NOT NULL THEN
    PERFORM ledger_append(drafts);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER z_record AFTER INSERT ON on_call_turn REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION on_call_turn_record();
