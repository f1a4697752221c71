-- The life of an alert, enforced for every path: which transitions exist, who may make them, and
-- that actor, time, version and episode come from here and not from the statement.

-- Before any row is locked: somebody must be acting, and the ledger's head is taken first, so that two
-- writers can never wait for each other's rows while one holds the head.
CREATE FUNCTION system_alerts_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
    RAISE EXCEPTION 'an alert is never deleted' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF governance_system() IS NOT NULL AND governance_user_id() IS NOT NULL THEN
    RAISE EXCEPTION 'both governance.user_id and governance.system are set: one of them acts'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF governance_system() IS NULL THEN
    IF governance_user_id() IS NULL THEN
      RAISE EXCEPTION 'nobody is acting: governance.user_id and governance.system are empty'
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'INSERT' THEN
      RAISE EXCEPTION 'only a scan opens an alert' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF governance_sources('act') = '{}' AND governance_sources('comment') = '{}' THEN
      RAISE EXCEPTION 'this person may not change an alert' USING ERRCODE = 'insufficient_privilege';
    END IF;
  END IF;
  PERFORM ledger_lock();
  RETURN NULL;
END $$;

-- Re-sighting (`last_detected_at` alone) leaves one ledger entry per scan, so no person may do it. Called
-- for no row of a scan and for no row that keeps its instant (see the trigger's condition).
CREATE FUNCTION system_alerts_guard_sighting() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'only a scan says when an anomaly was last seen'
    USING ERRCODE = 'insufficient_privilege';
END $$;

-- Who may take care of an alert: active people who may comment on its source and see what it is about
-- (for a finding of the console's own two different things). The page offers them, the trigger below
-- accepts nobody else.
CREATE FUNCTION alert_assignable(alert_source text, about text) RETURNS SETOF uuid
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT u.id
  FROM governance_user u
  WHERE u.is_active
    AND EXISTS (
      SELECT FROM source_role sr
      JOIN role_permission rp ON rp.role = sr.role AND rp.permission = 'comment'
      WHERE sr.user_id = u.id
        AND (sr.source = alert_source OR alert_source = 'console' AND sr.role = 'admin'))
    AND EXISTS (
      SELECT FROM source_role sr
      JOIN role_permission rp ON rp.role = sr.role AND rp.permission = 'view_integrity'
      WHERE sr.user_id = u.id AND (sr.source = about OR about = 'console'))
$$;

CREATE FUNCTION system_alerts_opened() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.status := 'OPEN';
  NEW.episode := 1;
  NEW.version := 1;
  NEW.acknowledged_at := NULL; NEW.acknowledged_by := NULL;
  NEW.acknowledged_severity := NULL; NEW.acknowledged_material := NULL;
  NEW.acknowledgement_note := NULL;
  NEW.resolved_at := NULL; NEW.resolved_by := NULL;
  NEW.resolution_cause := NULL; NEW.resolution_decision := NULL; NEW.resolution_note := NULL;
  NEW.accepted_until := NULL;
  NEW.acceptance_proposed_by := NULL; NEW.acceptance_proposed_at := NULL;
  NEW.assignee := NULL;
  NEW.created_at := statement_timestamp();
  NEW.updated_at := statement_timestamp();
  RETURN NEW;
END $$;

-- What the machine may do: refresh what it saw, lapse an acknowledgement, close, reopen.
CREATE FUNCTION system_alerts_changed_by_machine(was system_alerts, INOUT next system_alerts)
LANGUAGE plpgsql AS $$
BEGIN
  next.assignee := was.assignee;
  next.episode := was.episode;
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
    RETURN;
  END IF;
  IF next.status = 'RESOLVED' THEN
    IF next.resolution_cause IS NULL
       OR next.resolution_cause NOT IN ('DATA_FIXED', 'RULE_CHANGED', 'RULE_REMOVED') THEN
      RAISE EXCEPTION 'a scan must say why it closes an alert' USING ERRCODE = 'check_violation';
    END IF;
    next.acknowledged_at := was.acknowledged_at; next.acknowledged_by := was.acknowledged_by;
    next.acknowledged_severity := was.acknowledged_severity;
    next.acknowledged_material := was.acknowledged_material;
    next.acknowledgement_note := was.acknowledgement_note;
    next.resolved_at := statement_timestamp();
    next.resolved_by := NULL; next.resolution_decision := NULL; next.resolution_note := NULL;
    next.accepted_until := NULL;
  ELSIF next.status = 'OPEN' THEN
    -- from ACK the acknowledgement lapses, from RESOLVED a new episode begins; the ledger keeps the old
    IF was.status = 'RESOLVED' THEN
      next.episode := was.episode + 1;
      next.assignee := NULL;
    END IF;
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
END $$;

-- What a person may do: acknowledge, resolve, and say who takes care of it.
CREATE FUNCTION system_alerts_changed_by_person(was system_alerts, INOUT next system_alerts)
LANGUAGE plpgsql AS $$
DECLARE
  person constant uuid := governance_user_id();
  step constant text := was.status || '>' || next.status;
BEGIN
  IF (next.id, next.source, next.check_code, next.severity, next.entity_type, next.entity_id,
      next.message, next.payload, next.occurrences, next.first_detected_at, next.last_detected_at,
      next.created_at, next.material)
     IS DISTINCT FROM
     (was.id, was.source, was.check_code, was.severity, was.entity_type, was.entity_id,
      was.message, was.payload, was.occurrences, was.first_detected_at, was.last_detected_at,
      was.created_at, was.material) THEN
    RAISE EXCEPTION 'a person does not change what a scan saw'
      USING ERRCODE = 'insufficient_privilege';
  END IF;

  -- Whatever the statement says of these, the session decides.
  next.episode := was.episode;
  next.acknowledged_at := was.acknowledged_at; next.acknowledged_by := was.acknowledged_by;
  next.acknowledged_severity := was.acknowledged_severity;
  next.acknowledged_material := was.acknowledged_material;
  next.resolved_at := was.resolved_at; next.resolved_by := was.resolved_by;
  next.acceptance_proposed_by := was.acceptance_proposed_by;
  next.acceptance_proposed_at := was.acceptance_proposed_at;

  IF step <> 'OPEN>ACK' THEN
    next.acknowledgement_note := was.acknowledgement_note;
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

  IF NOT was.source = ANY (governance_sources('act')) THEN
    RAISE EXCEPTION 'this person may not acknowledge or resolve on this source'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF was.severity = 'INFO' THEN
    RAISE EXCEPTION 'information asks nobody to act' USING ERRCODE = 'check_violation';
  END IF;

  IF step = 'OPEN>ACK' THEN
    next.acknowledged_at := statement_timestamp();
    next.acknowledged_by := person;
    next.acknowledged_severity := was.severity;
    next.acknowledged_material := was.material;
    next.resolution_cause := NULL; next.resolution_decision := NULL;
    next.resolution_note := NULL; next.accepted_until := NULL;

  ELSIF step IN ('OPEN>RESOLVED', 'ACK>RESOLVED') THEN
    IF next.resolution_decision IS NULL
       OR next.resolution_decision NOT IN ('CORRIGE', 'ACCEPTE', 'AJUSTEMENT', 'LITIGE')
       OR next.resolution_cause IS NULL
       OR next.resolution_cause NOT IN ('PERTE_TRANSPORT', 'ERREUR_SAISIE', 'TEMPERATURE_DENSITE',
                                        'MANQUANT_FOURNISSEUR', 'LIVRAISON_PARTIELLE', 'AUTRE')
       OR coalesce(btrim(next.resolution_note), '') = '' THEN
      RAISE EXCEPTION 'a resolution needs a note, a decision and a cause'
        USING ERRCODE = 'check_violation';
    END IF;
    IF (next.resolution_decision = 'ACCEPTE') <> (next.accepted_until IS NOT NULL) THEN
      RAISE EXCEPTION 'an acceptance, and only an acceptance, has an end date'
        USING ERRCODE = 'check_violation';
    END IF;
    IF next.accepted_until < current_date OR next.accepted_until > date '9999-12-31' THEN
      RAISE EXCEPTION 'an acceptance ends on a day to come' USING ERRCODE = 'check_violation';
    END IF;
    IF was.severity = 'CRITICAL' AND next.resolution_decision = 'ACCEPTE'
       AND (was.acceptance_proposed_by IS NULL OR was.acceptance_proposed_by = person
            OR was.accepted_until IS DISTINCT FROM next.accepted_until) THEN
      -- Four eyes: the first signature is a proposal. It acknowledges, and waits for a second person.
      next.status := 'ACK';
      next.acceptance_proposed_by := person;
      next.acceptance_proposed_at := statement_timestamp();
      IF was.status = 'OPEN' THEN
        next.acknowledged_at := statement_timestamp();
        next.acknowledged_by := person;
        next.acknowledged_severity := was.severity;
        next.acknowledged_material := was.material;
      END IF;
    ELSE
      next.resolved_at := statement_timestamp();
      next.resolved_by := person;
      IF was.severity <> 'CRITICAL' OR next.resolution_decision <> 'ACCEPTE' THEN
        -- Resolved otherwise than proposed: the proposal came to nothing.
        next.acceptance_proposed_by := NULL; next.acceptance_proposed_at := NULL;
      END IF;
    END IF;

  ELSE
    RAISE EXCEPTION 'no step leads from % to %', was.status, next.status
      USING ERRCODE = 'check_violation';
  END IF;
END $$;

CREATE FUNCTION system_alerts_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  same public.system_alerts;  -- by its full name: a temporary table would be found first
BEGIN
  IF governance_system() IS NOT NULL THEN
    NEW := system_alerts_changed_by_machine(OLD, NEW);
  ELSE
    NEW := system_alerts_changed_by_person(OLD, NEW);
  END IF;
  -- A statement that changes nothing is no change: no new version, no entry in the ledger. (Generated
  -- columns are not computed yet, and being seen again is not a change.)
  NEW.version := OLD.version;
  NEW.updated_at := OLD.updated_at;
  same := NEW;
  same.severity_rank := OLD.severity_rank;
  same.concerns := OLD.concerns;
  same.last_detected_at := OLD.last_detected_at;
  IF same IS NOT DISTINCT FROM OLD THEN
    RETURN NEW;
  END IF;
  NEW.version := OLD.version + 1;
  NEW.updated_at := statement_timestamp();
  RETURN NEW;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON system_alerts
  FOR EACH STATEMENT EXECUTE FUNCTION system_alerts_guard();
CREATE TRIGGER a_guard_sighting BEFORE UPDATE OF last_detected_at ON system_alerts
  FOR EACH ROW
  WHEN (NEW.last_detected_at IS DISTINCT FROM OLD.last_detected_at AND governance_system() IS NULL)
  EXECUTE FUNCTION system_alerts_guard_sighting();
CREATE TRIGGER b_opened BEFORE INSERT ON system_alerts
  FOR EACH ROW EXECUTE FUNCTION system_alerts_opened();
-- Every column but `last_detected_at`: a scan that merely sees an alert again pays for no row trigger.
CREATE TRIGGER b_changed BEFORE UPDATE OF
    id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, status,
    episode, version, first_detected_at, acknowledged_at, acknowledged_by, acknowledged_severity,
    acknowledged_material, acknowledgement_note, resolved_at, resolved_by, resolution_cause, resolution_decision,
    resolution_note, accepted_until, acceptance_proposed_by, acceptance_proposed_at, assignee,
    material, created_at, updated_at
  ON system_alerts FOR EACH ROW EXECUTE FUNCTION system_alerts_changed();
