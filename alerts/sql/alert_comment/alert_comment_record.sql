-- Each comment leaves one ledger entry in the alert's own record.
CREATE FUNCTION alert_comment_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  drafts ledger_draft[];
BEGIN
  PERFORM trigger_serves('public.alert_comment', TG_RELID);
  IF EXISTS (SELECT FROM newtab WHERE author IS DISTINCT FROM governance_user_id()) THEN
    RAISE insufficient_privilege USING MESSAGE = 'nobody signs for somebody else';
  END IF;
  SELECT array_agg(
    ROW(n.concerns, 'alert', n.alert_id::text, a.check_code, 'alert.comment', NULL,
        jsonb_build_object('comment', n.id, 'body', n.body))::ledger_draft ORDER BY n.at, n.id)
  INTO drafts FROM newtab AS n JOIN system_alerts AS a ON a.id = n.alert_id;
  IF drafts IS NOT NULL THEN
    PERFORM ledger_append(drafts);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER z_record AFTER INSERT ON alert_comment REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION alert_comment_record();
