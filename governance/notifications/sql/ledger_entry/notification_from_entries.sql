-- What is to be said of alerts, written in the transaction that changes them: one row for each entry that says that an
-- episode began, came back, worsened or ended. The ledger has exactly one entry for each change, whichever path made it,
-- and one for a hundred thousand alerts that were merely seen again, so a scan pays for what it changed and no more
-- (decision 0070). INFO asks nobody to act. A job of the queue wakes a worker once the transaction is committed; should
-- none be put there, the next minute's is. SECURITY DEFINER: nobody who changes an alert writes this table.
CREATE FUNCTION notification_from_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM trigger_serves('public.ledger_entry', TG_RELID);
  WITH entry AS MATERIALIZED (
    SELECT n.seq, n.at, CASE WHEN n.subject_id ~ '^[0-9a-f-]{36}$' THEN n.subject_id::uuid END AS alert_id, CASE
        WHEN n.action = 'alert.open' THEN 'OPENED'
        WHEN n.action = 'alert.reopen' THEN 'REOPENED'
        WHEN n.action IN ('alert.contradict', 'alert.resume', 'alert.withdraw.resolve', 'alert.lapse.payload')
          THEN 'RETURNED'
        WHEN n.action IN ('alert.close', 'alert.resolve') THEN 'RESOLVED'
        WHEN n.action = 'alert.lapse.severity'
             OR n.action = 'alert.change' AND n.before ->> 'severity' IS NOT NULL
                AND alert_severity_rank(n.after ->> 'severity') < alert_severity_rank(n.before ->> 'severity')
          THEN 'WORSENED'
      END AS kind
    FROM newtab AS n
    WHERE n.subject_type = 'alert'
      AND n.action IN ('alert.open', 'alert.reopen', 'alert.contradict', 'alert.resume', 'alert.withdraw.resolve',
                       'alert.lapse.payload', 'alert.lapse.severity', 'alert.close', 'alert.resolve', 'alert.change')
  )
  INSERT INTO notification (at, kind, alert_id, episode, version, source, check_code, severity, said)
  SELECT e.at, e.kind, a.id, a.episode, a.version, a.concerns, a.check_code, a.severity, jsonb_build_object(
      'message', a.message, 'status', a.status, 'resolved_by', a.resolved_by, 'cause', a.resolution_cause,
      'decision', a.resolution_decision, 'until', a.accepted_until)
  FROM entry AS e JOIN system_alerts AS a ON a.id = e.alert_id
  WHERE e.kind IS NOT NULL AND a.severity <> 'INFO'
  ORDER BY e.seq;
  IF FOUND THEN
    PERFORM notification_wake(now());
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER z_notification AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION notification_from_entries();
