-- Undoes rule_version.sql.
DROP VIEW alert_as_of;
DROP FUNCTION alert_episode_rule(uuid);
DROP TRIGGER a_guard_rule_version ON system_alerts;
DROP FUNCTION system_alerts_guard_rule_version();
DROP TRIGGER b_changed ON system_alerts;
CREATE TRIGGER b_changed BEFORE UPDATE OF
    id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, status,
    episode, version, first_detected_at, acknowledged_at, acknowledged_by, acknowledged_severity,
    acknowledged_material, acknowledgement_note, resolved_at, resolved_by, resolution_cause, resolution_decision,
    resolution_note, accepted_until, acceptance_proposed_by, acceptance_proposed_at, assignee,
    material, created_at, updated_at
  ON system_alerts FOR EACH ROW EXECUTE FUNCTION system_alerts_changed();
