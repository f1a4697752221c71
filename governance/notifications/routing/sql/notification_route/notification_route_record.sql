-- Each row that is added or removed leaves one ledger entry.
CREATE FUNCTION notification_route_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  drafts ledger_draft[];
BEGIN
  PERFORM trigger_serves('public.notification_route', TG_RELID);
  SELECT array_agg(
    ROW(coalesce(nullif(n.source, ''), 'console'), 'route', n.id::text, nullif(n.check_code, ''),
        CASE TG_OP WHEN 'INSERT' THEN 'route.add' ELSE 'route.remove' END, NULL,
        jsonb_strip_nulls(jsonb_build_object(
          'severity', nullif(n.severity, ''), 'target', n.target, 'role', nullif(n.role, ''), 'person', n.person_id,
          'channel', c.name, 'quiet_from', n.quiet_from, 'quiet_until', n.quiet_until)))::ledger_draft ORDER BY n.id)
  INTO drafts FROM changed AS n LEFT JOIN channel AS c ON c.id = n.channel_id;
  IF drafts IS NOT NULL THEN
    PERFORM ledger_append(drafts);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER z_record_added AFTER INSERT ON notification_route REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION notification_route_record();
CREATE TRIGGER z_record_removed AFTER DELETE ON notification_route REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION notification_route_record();
