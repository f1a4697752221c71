-- By which version of its rule an anomaly was found. A scan sets it with what it saw, so every entry of
-- the ledger that opens or reopens an alert knows it, and one that closes an alert because its rule changed
-- has the old version before and the new one after.

-- b_changed again, now also for this column: no statement may move it without a version and an entry.
DROP TRIGGER b_changed ON system_alerts;
CREATE TRIGGER b_changed BEFORE UPDATE OF
    id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, status,
    episode, version, first_detected_at, acknowledged_at, acknowledged_by, acknowledged_severity,
    acknowledged_material, acknowledgement_note, resolved_at, resolved_by, resolution_cause, resolution_decision,
    resolution_note, accepted_until, acceptance_proposed_by, acceptance_proposed_at, assignee,
    material, created_at, updated_at, rule_version
  ON system_alerts FOR EACH ROW EXECUTE FUNCTION system_alerts_changed();

CREATE FUNCTION system_alerts_guard_rule_version() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'only a scan says by which rule an anomaly was found'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER a_guard_rule_version BEFORE UPDATE OF rule_version ON system_alerts
  FOR EACH ROW
  WHEN (NEW.rule_version IS DISTINCT FROM OLD.rule_version AND governance_system() IS NULL)
  EXECUTE FUNCTION system_alerts_guard_rule_version();

-- The versions at both ends of each episode of an alert, from the ledger alone and with the reader's
-- rights, beside alert_episode. An entry that does not name the version left it as it was.
CREATE FUNCTION alert_episode_rule(wanted uuid) RETURNS TABLE (
  episode bigint, opened_version text, closed_version text)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT s.episode,
    (array_agg(said.after ->> 'rule_version' ORDER BY s.seq) FILTER (WHERE s.opens))[1],
    (array_agg(said.after ->> 'rule_version' ORDER BY s.seq DESC) FILTER (WHERE s.closes))[1]
  FROM (
    SELECT l.seq, l.action IN ('alert.open', 'alert.reopen') AS opens,
      l.action IN ('alert.close', 'alert.resolve') AS closes,
      count(*) FILTER (WHERE l.action IN ('alert.open', 'alert.reopen')) OVER (ORDER BY l.seq) AS episode,
      max(l.seq) FILTER (WHERE l.after ? 'rule_version') OVER (ORDER BY l.seq) AS said_at
    FROM ledger_entry AS l
    WHERE l.subject_type = 'alert' AND l.subject_id = wanted::text AND l.action <> 'alert.comment'
  ) AS s
  LEFT JOIN ledger_entry AS said ON said.seq = s.said_at
  WHERE s.opens OR s.closes
  GROUP BY s.episode
$$;

-- Again, because a view keeps the columns that it was made with.
CREATE VIEW alert_as_of AS
SELECT * FROM alert_state_at(nullif(current_setting('governance.as_of', true), '')::bigint);
