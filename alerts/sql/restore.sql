-- The tables of alerts as the ledger tells them, where they are empty and it is not: they were dropped by a
-- migration, and came back empty. Row for row what the replay gives, so no trigger runs; one entry says so.
-- Run by `migrate` as the owner, with governance.system set.
DO $$
DECLARE
  upto bigint;
  columns text;
  alerts bigint;
  comments bigint;
BEGIN
  IF EXISTS (SELECT FROM system_alerts)
     OR NOT EXISTS (SELECT FROM ledger_entry WHERE subject_type = 'alert' AND action = 'alert.open') THEN
    RETURN;
  END IF;
  WHILE (SELECT waiting FROM ledger_chain_next(10000)) > 0 LOOP
  END LOOP;
  SELECT seq INTO upto FROM ledger_head;
  ALTER TABLE system_alerts DISABLE TRIGGER USER;
  ALTER TABLE alert_comment DISABLE TRIGGER USER;
  ALTER TABLE alert_comment NO FORCE ROW LEVEL SECURITY;  -- nobody comments for somebody else otherwise
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
  FROM pg_attribute
  WHERE attrelid = 'system_alerts'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
  EXECUTE format('INSERT INTO system_alerts (%1$s) SELECT %1$s FROM alert_state_at($1)', columns) USING upto;
  GET DIAGNOSTICS alerts = ROW_COUNT;
  INSERT INTO alert_comment (id, alert_id, source, concerns, author, at, body)
  SELECT (e.after ->> 'comment')::uuid, a.id, a.source, a.concerns, e.actor::uuid, e.at, e.after ->> 'body'
  FROM ledger_entry AS e JOIN system_alerts AS a ON a.id = e.subject_id::uuid
  WHERE e.subject_type = 'alert' AND e.action = 'alert.comment'
  ON CONFLICT (id) DO NOTHING;
  GET DIAGNOSTICS comments = ROW_COUNT;
  DELETE FROM alert_tally;
  INSERT INTO alert_tally (concerns, source, check_code, entity_type, severity, status, n)
  SELECT concerns, source, check_code, entity_type, severity, status, count(*)
  FROM system_alerts GROUP BY concerns, source, check_code, entity_type, severity, status;
  SET CONSTRAINTS ALL IMMEDIATE;
  ALTER TABLE system_alerts ENABLE TRIGGER USER;
  ALTER TABLE alert_comment ENABLE TRIGGER USER;
  ALTER TABLE alert_comment FORCE ROW LEVEL SECURITY;
  PERFORM ledger_note(NULL, 'ledger', 'alerts', NULL, 'ledger.replay',
    jsonb_build_object('alerts', alerts, 'comments', comments, 'last_seq', upto));
END $$;
