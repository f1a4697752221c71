-- What the machine may do: refresh what it saw, lapse an acknowledgement, close, confirm, contradict, reopen.
-- A resolution by a person is confirmed (`absent_at`) by the first complete scan that no longer sees the
-- anomaly, and contradicted by one that still does: then the same episode goes on, with its age.
CREATE FUNCTION system_alerts_changed_by_machine(was system_alerts, INOUT next system_alerts)
LANGUAGE plpgsql AS $$
DECLARE
  instant constant timestamptz := next.updated_at;
BEGIN
  IF (next.id, next.source, next.check_code, next.entity_type, next.entity_id, next.created_at)
     IS DISTINCT FROM
     (was.id, was.source, was.check_code, was.entity_type, was.entity_id, was.created_at) THEN
    RAISE EXCEPTION 'what an alert is about never changes' USING ERRCODE = 'insufficient_privilege';
  END IF;
  next.assignee := was.assignee;
  next.episode := was.episode; next.episode_at := was.episode_at;
  next.first_acknowledged_at := was.first_acknowledged_at;
  next.contradicted_at := was.contradicted_at; next.contradicted_by := was.contradicted_by;
  next.contradicted_decision := was.contradicted_decision;
  next.contradicted_resolved_at := was.contradicted_resolved_at;
  next.contradicted_until := was.contradicted_until;
  next.reopening_note := CASE WHEN next.status = was.status THEN was.reopening_note END;
  -- Only of what a person resolved can a scan say that it saw it absent; and it says so once.
  IF was.absent_at IS NOT NULL OR was.resolved_by IS NULL OR next.status <> 'RESOLVED' THEN
    next.absent_at := was.absent_at;
  END IF;
  IF next.status = was.status OR was.status <> 'RESOLVED'
     OR was.resolved_by IS NOT NULL AND was.absent_at IS NULL THEN
    -- Within one episode the age is what it was.
    next.first_detected_at := was.first_detected_at;
  END IF;
  IF next.status = was.status THEN
    next.acknowledged_at := was.acknowledged_at; next.acknowledged_by := was.acknowledged_by;
    next.acknowledged_severity := was.acknowledged_severity;
    next.acknowledged_material := was.acknowledged_material;
    next.acknowledgement_note := was.acknowledgement_note;
    next.resolved_at := was.resolved_at; next.resolved_by := was.resolved_by;
    next.resolution_cause := was.resolution_cause;
    next.resolution_decision := was.resolution_decision;
    next.resolution_note := was.resolution_note;
    next.accepted_until := was.accepted_until;
    next.acceptance_proposed_by := was.acceptance_proposed_by;
    next.acceptance_proposed_at := was.acceptance_proposed_at;
    next.acceptance_proposed_for := was.acceptance_proposed_for;
    RETURN;
  END IF;
  IF next.status = 'RESOLVED' THEN
    IF next.resolution_cause IS NULL
       OR next.resolution_cause NOT IN ('DATA_FIXED', 'RULE_CHANGED', 'RULE_REMOVED', 'SOURCE_RETIRED') THEN
      RAISE EXCEPTION 'a scan must say why it closes an alert' USING ERRCODE = 'check_violation';
    END IF;
    next.acknowledged_at := was.acknowledged_at; next.acknowledged_by := was.acknowledged_by;
    next.acknowledged_severity := was.acknowledged_severity;
    next.acknowledged_material := was.acknowledged_material;
    next.acknowledgement_note := was.acknowledgement_note;
    next.resolved_at := instant;
    next.resolved_by := NULL; next.resolution_decision := NULL; next.resolution_note := NULL;
    next.accepted_until := NULL;
  ELSIF next.status = 'OPEN' THEN
    -- From ACK the acknowledgement lapses. From RESOLVED a new episode begins, unless a person resolved it
    -- and no scan ever saw it absent: then the same episode goes on, and the decision is contradicted (or
    -- its date has come). The ledger keeps the old.
    IF was.status = 'RESOLVED' THEN
      IF was.resolved_by IS NOT NULL AND was.absent_at IS NULL THEN
        next.contradicted_at := instant;
        next.contradicted_by := was.resolved_by;
        next.contradicted_decision := was.resolution_decision;
        next.contradicted_resolved_at := was.resolved_at;
        next.contradicted_until := was.accepted_until;
      ELSE
        next.episode := was.episode + 1;
        next.episode_at := instant;
        next.first_acknowledged_at := NULL;
        next.assignee := NULL;
        next.contradicted_at := NULL; next.contradicted_by := NULL; next.contradicted_decision := NULL;
        next.contradicted_resolved_at := NULL; next.contradicted_until := NULL;
      END IF;
    END IF;
    next.absent_at := NULL;
    next.acknowledged_at := NULL; next.acknowledged_by := NULL;
    next.acknowledged_severity := NULL; next.acknowledged_material := NULL;
    next.acknowledgement_note := NULL;
    next.resolved_at := NULL; next.resolved_by := NULL;
    next.resolution_cause := NULL; next.resolution_decision := NULL; next.resolution_note := NULL;
    next.accepted_until := NULL;
  ELSE
    RAISE EXCEPTION 'a machine does not acknowledge' USING ERRCODE = 'check_violation';
  END IF;
  next.acceptance_proposed_by := NULL; next.acceptance_proposed_at := NULL;
  next.acceptance_proposed_for := NULL;
END $$;
