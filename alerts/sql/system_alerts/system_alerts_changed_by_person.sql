-- What a person may do: acknowledge, resolve, take either back (with a note, in the same episode), and say who takes
-- care of it.
CREATE FUNCTION system_alerts_changed_by_person(was system_alerts, INOUT next system_alerts)
LANGUAGE plpgsql AS $$
DECLARE
  person constant uuid := governance_user_id();
  instant constant timestamptz := next.updated_at;
  lender uuid;  -- whose right a delegate uses
  step constant text := was.status || '>' || next.status;
  -- A character that can be seen, as far as PostgreSQL tells; the page asks more closely (alerts/words.py).
  seen constant text := '[^[:space:][:cntrl:]\u00A0\u00AD\u115F\u1160\u180E\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0]';
BEGIN
  IF (next.id, next.source, next.check_code, next.severity, next.entity_type, next.entity_id,
      next.message, next.payload, next.occurrences, next.first_detected_at, next.last_detected_at,
      next.created_at, next.material, next.dated_by_data)
     IS DISTINCT FROM
     (was.id, was.source, was.check_code, was.severity, was.entity_type, was.entity_id,
      was.message, was.payload, was.occurrences, was.first_detected_at, was.last_detected_at,
      was.created_at, was.material, was.dated_by_data) THEN
    RAISE EXCEPTION 'a person does not change what a scan saw'
      USING ERRCODE = 'insufficient_privilege';
  END IF;

  -- The policy asks the same once per statement; a statement that changed the identity meanwhile is asked here.
  IF was.concerns <> was.source AND NOT was.concerns = ANY (governance_sources('view_integrity')) THEN
    RAISE EXCEPTION 'this person does not see what this alert concerns'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF greatest(char_length(next.acknowledgement_note), char_length(next.resolution_note),
              char_length(next.reopening_note)) > 4000 THEN
    RAISE EXCEPTION 'a note has at most 4000 characters' USING ERRCODE = 'check_violation';
  END IF;

  -- Whatever the statement says of these, the session decides.
  next.episode := was.episode; next.episode_at := was.episode_at;
  next.first_acknowledged_at := was.first_acknowledged_at;
  next.absent_at := was.absent_at;
  next.contradicted_at := was.contradicted_at; next.contradicted_by := was.contradicted_by;
  next.contradicted_decision := was.contradicted_decision;
  next.contradicted_resolved_at := was.contradicted_resolved_at;
  next.contradicted_until := was.contradicted_until;
  next.acknowledged_at := was.acknowledged_at; next.acknowledged_by := was.acknowledged_by;
  next.acknowledged_severity := was.acknowledged_severity;
  next.acknowledged_material := was.acknowledged_material;
  next.resolved_at := was.resolved_at; next.resolved_by := was.resolved_by;
  next.acceptance_proposed_by := was.acceptance_proposed_by;
  next.acceptance_proposed_at := was.acceptance_proposed_at;
  next.acceptance_proposed_for := was.acceptance_proposed_for;

  IF step <> 'OPEN>ACK' THEN
    next.acknowledgement_note := was.acknowledgement_note;
  END IF;
  IF step NOT IN ('ACK>OPEN', 'RESOLVED>OPEN') THEN
    next.reopening_note := CASE step WHEN 'OPEN>OPEN' THEN was.reopening_note END;
  END IF;

  -- Somebody who lost the role since stays named; nobody new may be named without it.
  IF next.assignee IS DISTINCT FROM was.assignee THEN
    IF next.status = 'RESOLVED' THEN
      RAISE EXCEPTION 'nobody takes care of a resolved alert' USING ERRCODE = 'check_violation';
    END IF;
    IF next.assignee <> ALL (ARRAY(SELECT alert_assignable(was.source, was.concerns))) THEN
      RAISE EXCEPTION 'this person may not take care of this alert' USING ERRCODE = 'check_violation';
    END IF;
  END IF;

  IF step IN ('OPEN>OPEN', 'ACK>ACK', 'RESOLVED>RESOLVED') THEN
    next.resolution_cause := was.resolution_cause;
    next.resolution_decision := was.resolution_decision;
    next.resolution_note := was.resolution_note;
    next.accepted_until := was.accepted_until;
    IF NOT was.source = ANY (governance_sources('comment') || governance_sources('act')) THEN
      RAISE EXCEPTION 'this person may not assign this alert'
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN;
  END IF;

  -- The own right first: what is lent is asked of the delegations, which costs three times as much for each row.
  IF NOT was.source = ANY (governance_own_sources('act')) AND NOT was.source = ANY (governance_sources('act')) THEN
    RAISE EXCEPTION 'this person may not acknowledge, resolve or reopen on this source'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF was.severity = 'INFO' THEN
    RAISE EXCEPTION 'information asks nobody to act' USING ERRCODE = 'check_violation';
  END IF;

  IF step = 'OPEN>ACK' THEN
    next.acknowledged_at := instant;
    next.acknowledged_by := person;
    next.acknowledged_severity := was.severity;
    next.acknowledged_material := was.material;
    next.first_acknowledged_at := coalesce(was.first_acknowledged_at, instant);
    next.resolution_cause := NULL; next.resolution_decision := NULL;
    next.resolution_note := NULL; next.accepted_until := NULL;

  ELSIF step IN ('OPEN>RESOLVED', 'ACK>RESOLVED') THEN
    IF next.resolution_decision IS NULL
       OR next.resolution_decision NOT IN ('CORRIGE', 'ACCEPTE', 'AJUSTEMENT', 'LITIGE')
       OR next.resolution_cause IS NULL
       OR next.resolution_cause NOT IN ('PERTE_TRANSPORT', 'ERREUR_SAISIE', 'TEMPERATURE_DENSITE',
                                        'MANQUANT_FOURNISSEUR', 'LIVRAISON_PARTIELLE', 'AUTRE')
       OR coalesce(next.resolution_note, '') !~ seen THEN
      RAISE EXCEPTION 'a resolution needs a note, a decision and a cause'
        USING ERRCODE = 'check_violation';
    END IF;
    IF (next.resolution_decision IN ('ACCEPTE', 'LITIGE')) <> (next.accepted_until IS NOT NULL) THEN
      RAISE EXCEPTION 'an acceptance and a dispute, and only these, have an end date'
        USING ERRCODE = 'check_violation';
    END IF;
    -- Over wherever the console may stand: which zone it shows, no session of a person's is believed to know.
    IF next.accepted_until < (instant AT TIME ZONE 'Etc/GMT+12')::date
       OR next.accepted_until > date '9999-12-31' THEN
      RAISE EXCEPTION 'an acceptance or a dispute ends on a day to come' USING ERRCODE = 'check_violation';
    END IF;
    IF was.severity = 'CRITICAL' AND next.resolution_decision = 'ACCEPTE' THEN
      SELECT l.lender INTO lender FROM governance_loans(clock_timestamp()) AS l WHERE l.source = was.source;
    END IF;
    IF was.severity = 'CRITICAL' AND next.resolution_decision = 'ACCEPTE'
       AND (was.acceptance_proposed_by IS NULL OR was.acceptance_proposed_by = person
            OR was.accepted_until IS DISTINCT FROM next.accepted_until) THEN
      -- Four eyes: the first signature is a proposal. It acknowledges, and waits for a second person.
      next.status := 'ACK';
      next.acceptance_proposed_by := person;
      next.acceptance_proposed_at := instant;
      next.acceptance_proposed_for := lender;
      IF was.status = 'OPEN' THEN
        next.acknowledged_at := instant;
        next.acknowledged_by := person;
        next.acknowledged_severity := was.severity;
        next.acknowledged_material := was.material;
        next.first_acknowledged_at := coalesce(was.first_acknowledged_at, instant);
      END IF;
    ELSIF was.severity = 'CRITICAL' AND next.resolution_decision = 'ACCEPTE'
          AND coalesce(was.acceptance_proposed_for, was.acceptance_proposed_by) = coalesce(lender, person) THEN
      -- A lender and a delegate, or two delegates of one lender, are two people with one right.
      RAISE EXCEPTION 'both signatures would rest on the right of one person'
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'alert_two_rights';
    ELSE
      next.resolved_at := instant;
      next.resolved_by := person;
      IF was.severity <> 'CRITICAL' OR next.resolution_decision <> 'ACCEPTE' THEN
        -- Resolved otherwise than proposed: the proposal came to nothing.
        next.acceptance_proposed_by := NULL; next.acceptance_proposed_at := NULL;
        next.acceptance_proposed_for := NULL;
      END IF;
    END IF;

  ELSIF step IN ('ACK>OPEN', 'RESOLVED>OPEN') THEN
    IF was.status = 'RESOLVED' AND was.resolved_by IS NULL THEN
      RAISE EXCEPTION 'what a scan closed is no decision that a person takes back'
        USING ERRCODE = 'check_violation';
    END IF;
    IF coalesce(next.reopening_note, '') !~ seen THEN
      RAISE EXCEPTION 'a reopening needs a note' USING ERRCODE = 'check_violation';
    END IF;
    -- The same episode goes on, with its age; what was said before stands in the ledger. An acknowledgement that
    -- was withdrawn is none.
    IF step = 'ACK>OPEN' AND was.first_acknowledged_at = was.acknowledged_at THEN
      next.first_acknowledged_at := NULL;
    END IF;
    next.acknowledged_at := NULL; next.acknowledged_by := NULL;
    next.acknowledged_severity := NULL; next.acknowledged_material := NULL;
    next.acknowledgement_note := NULL;
    next.resolved_at := NULL; next.resolved_by := NULL; next.absent_at := NULL;
    next.resolution_cause := NULL; next.resolution_decision := NULL; next.resolution_note := NULL;
    next.accepted_until := NULL;
    next.acceptance_proposed_by := NULL; next.acceptance_proposed_at := NULL;
    next.acceptance_proposed_for := NULL;

  ELSE
    RAISE EXCEPTION 'no step leads from % to %', was.status, next.status
      USING ERRCODE = 'check_violation';
  END IF;
END $$;
