-- What follows a decision: the next complete scans confirm or contradict it, and people take it back.
--
-- A resolution by a person is confirmed (`absent_at`) by the first complete scan that no longer sees the
-- anomaly, and contradicted by one that still does: then the same episode goes on, with its age. Whoever may
-- act withdraws an acknowledgement or reopens a resolution, with a note, in the same episode too.
-- Its ledger actions: alert.confirm, alert.contradict, alert.resume (the date of an acceptance or a dispute
-- has come), alert.withdraw.ack, alert.withdraw.resolve.

-- b_changed again, now also for the new columns: no statement may move one without a version and an entry.
DROP TRIGGER b_changed ON system_alerts;
CREATE TRIGGER b_changed BEFORE UPDATE OF
    id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, status,
    episode, version, first_detected_at, acknowledged_at, acknowledged_by, acknowledged_severity,
    acknowledged_material, acknowledgement_note, resolved_at, resolved_by, resolution_cause, resolution_decision,
    resolution_note, accepted_until, acceptance_proposed_by, acceptance_proposed_at, assignee,
    material, created_at, updated_at, rule_version,
    absent_at, reopening_note, episode_at, first_acknowledged_at, dated_by_data, contradicted_at,
    acceptance_proposed_for,
    contradicted_by, contradicted_decision, contradicted_resolved_at, contradicted_until
  ON system_alerts FOR EACH ROW EXECUTE FUNCTION system_alerts_changed();

CREATE OR REPLACE FUNCTION system_alerts_opened() RETURNS trigger
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
  NEW.absent_at := NULL; NEW.reopening_note := NULL; NEW.episode_at := NULL;
  NEW.first_acknowledged_at := NULL; NEW.acceptance_proposed_for := NULL;
  NEW.contradicted_at := NULL; NEW.contradicted_by := NULL; NEW.contradicted_decision := NULL;
  NEW.contradicted_resolved_at := NULL; NEW.contradicted_until := NULL;
  NEW.created_at := statement_timestamp();
  NEW.updated_at := statement_timestamp();
  RETURN NEW;
END $$;

-- What the machine may do: refresh what it saw, lapse an acknowledgement, close, confirm, contradict, reopen.
CREATE OR REPLACE FUNCTION system_alerts_changed_by_machine(was system_alerts, INOUT next system_alerts)
LANGUAGE plpgsql AS $$
DECLARE
  instant constant timestamptz := next.updated_at;
BEGIN
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
       OR next.resolution_cause NOT IN ('DATA_FIXED', 'RULE_CHANGED', 'RULE_REMOVED') THEN
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

-- What a person may do: acknowledge, resolve, take either back, and say who takes care of it.
CREATE OR REPLACE FUNCTION system_alerts_changed_by_person(was system_alerts, INOUT next system_alerts)
LANGUAGE plpgsql AS $$
DECLARE
  person constant uuid := governance_user_id();
  instant constant timestamptz := next.updated_at;
  lender uuid;  -- whose right a delegate uses
  step constant text := was.status || '>' || next.status;
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

  IF NOT was.source = ANY (governance_sources('act')) THEN
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
       OR coalesce(btrim(next.resolution_note), '') = '' THEN
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
    SELECT l.lender INTO lender FROM governance_loans(clock_timestamp()) AS l WHERE l.source = was.source;
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
    IF coalesce(btrim(next.reopening_note), '') = '' THEN
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

-- workflow.sql explains it. The row's instant is the one of the ledger's entry, or of a later statement of the same
-- transaction: never the one at which a statement was sent that waited since. And ledger_lock refuses a row to
-- anybody but who began to write, so a statement that changes the identity on its way ends here.
CREATE OR REPLACE FUNCTION system_alerts_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  same public.system_alerts;  -- by its full name: a temporary table would be found first
  instant constant timestamptz := greatest(ledger_lock(), statement_timestamp());
BEGIN
  NEW.updated_at := instant;  -- where the two functions find it
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
  NEW.updated_at := instant;
  RETURN NEW;
END $$;

-- record_once.sql says what it does; the names of the entries are what changed.
CREATE OR REPLACE FUNCTION system_alerts_record_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC'
SET work_mem = '128MB'
-- Plans are cached when few rows changed, and a nested loop over 100 000 would take an hour.
SET enable_nestloop = off AS $$
DECLARE
  was record;
  now_is record;
  moved text;     -- expression: the numbers of the columns that a row moved
  shapes text[];  -- its values in this statement: a scan or a decision moves the same few columns everywhere
  before text := '';
  after text := '';
  drafts ledger_draft[];
  instant timestamptz;
  loans jsonb := '{}';  -- source -> who lent the acting delegate the right there, and until when
BEGIN
  PERFORM trigger_serves('public.system_alerts', TG_RELID);
  SELECT sum(version) AS versions, min(last_detected_at) AS first, max(last_detected_at) AS last,
         bool_or(status = 'RESOLVED') AS resolved
  INTO was FROM oldtab;
  SELECT count(*) AS n, sum(version) AS versions, min(last_detected_at) AS first,
         max(last_detected_at) AS last, bool_or(status = 'RESOLVED') AS resolved
  INTO now_is FROM newtab;
  IF now_is.n = 0 THEN
    RETURN NULL;
  END IF;

  -- b_changed raises the version of each changed row by one and of no other, so the sums say how many changed.
  IF now_is.versions - was.versions < now_is.n THEN
    IF (now_is.first, now_is.last) = (was.first, was.last) AND was.first = was.last THEN
      NULL;  -- one instant before and after: nothing was seen
    ELSIF now_is.versions = was.versions AND NOT now_is.resolved AND now_is.first > was.last THEN
      -- Every row is active and was merely seen, later than any before: no need to pair old and new.
      SELECT array_agg(draft ORDER BY at, draft) INTO drafts FROM (
        SELECT at, alert_sighting(source, concerns, at, seen) AS draft FROM (
          SELECT source, concerns, last_detected_at AS at, count(*) AS seen
          FROM newtab GROUP BY source, concerns, last_detected_at
        ) AS together
      ) AS entries;
    ELSE
      WITH seen AS (
        SELECT n.id, n.source, n.concerns, n.check_code, n.status = 'RESOLVED' AS resolved,
               o.last_detected_at AS was, n.last_detected_at AS at
        FROM newtab AS n JOIN oldtab AS o ON o.id = n.id
        WHERE n.version = o.version AND n.last_detected_at IS DISTINCT FROM o.last_detected_at
      ), together AS (
        SELECT source, concerns, at, count(*) AS seen FROM seen
        WHERE NOT resolved GROUP BY source, concerns, at
      )
      SELECT array_agg(draft ORDER BY at, draft) INTO drafts
      FROM (
        SELECT t.at, alert_sighting(t.source, t.concerns, t.at, t.seen) AS draft FROM together AS t
        UNION ALL
        -- A resolved alert has no business being seen; where a statement says so, it has its own entry.
        SELECT s.at, ROW(s.concerns, 'alert', s.id::text, s.check_code, 'alert.change',
            jsonb_build_object('last_detected_at', s.was),
            jsonb_build_object('last_detected_at', s.at))::ledger_draft
        FROM seen AS s WHERE s.resolved
      ) AS entries;
    END IF;
  END IF;
  IF drafts IS NOT NULL AND governance_system() IS NULL THEN
    RAISE insufficient_privilege USING MESSAGE = 'only a scan says when an anomaly was last seen';
  END IF;
  IF now_is.versions = was.versions THEN
    PERFORM ledger_append(drafts);
    RETURN NULL;
  END IF;

  IF EXISTS (SELECT FROM delegation WHERE holder_id = governance_user_id() AND ends_at > statement_timestamp()) THEN
    SELECT coalesce(jsonb_object_agg(source, jsonb_build_object(
      'delegated_by', lender, 'delegated_until', ends_at)), '{}')
    INTO loans FROM governance_loans(statement_timestamp());
  END IF;

  -- Written out for the columns that moved: a row as jsonb, twice, to compare and throw away, is what
  -- cost most. From the catalogue, so that no column added later can change without an entry.
  SELECT format('concat(%s)', string_agg(
    format('CASE WHEN n.%1$I IS DISTINCT FROM o.%1$I THEN %2$L END', attname, attnum || ' '), ', ' ORDER BY attnum))
  INTO moved
  FROM pg_attribute
  WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
  EXECUTE format(
    'SELECT array_agg(DISTINCT %s) FROM newtab AS n JOIN oldtab AS o ON o.id = n.id WHERE n.version <> o.version',
    moved) INTO shapes;
  IF EXISTS (
    SELECT FROM pg_attribute CROSS JOIN unnest(shapes) AS shape
    WHERE attrelid = TG_RELID AND attname IN ('acknowledged_by', 'resolved_by', 'acceptance_proposed_by')
      AND attnum = ANY (string_to_array(rtrim(shape), ' ')::smallint[])
  ) AND EXISTS (
    SELECT FROM newtab AS n JOIN oldtab AS o ON o.id = n.id
    CROSS JOIN LATERAL (VALUES (o.acknowledged_by, n.acknowledged_by), (o.resolved_by, n.resolved_by),
      (o.acceptance_proposed_by, n.acceptance_proposed_by)) AS signed (was, by)
    WHERE signed.by IS DISTINCT FROM signed.was AND signed.by IS NOT NULL
      AND signed.by IS DISTINCT FROM governance_user_id()
  ) THEN
    RAISE insufficient_privilege USING MESSAGE = 'nobody signs for somebody else';
  END IF;
  IF governance_user_id() IS NOT NULL AND (
    EXISTS (
      SELECT FROM pg_attribute CROSS JOIN unnest(shapes) AS shape
      WHERE attrelid = TG_RELID AND attnum = ANY (string_to_array(rtrim(shape), ' ')::smallint[])
        AND attname IN ('source', 'check_code', 'severity', 'entity_type', 'entity_id', 'message', 'payload',
          'occurrences', 'first_detected_at', 'last_detected_at', 'material', 'rule_version', 'created_at',
          'dated_by_data'))
    OR EXISTS (
      SELECT FROM newtab AS n JOIN oldtab AS o ON o.id = n.id
      WHERE n.status = 'RESOLVED' AND o.status <> 'RESOLVED' AND n.resolved_by IS NULL
         OR n.absent_at IS DISTINCT FROM o.absent_at AND n.absent_at IS NOT NULL)
  ) THEN
    RAISE insufficient_privilege USING MESSAGE = 'a person does not do what a scan does';
  END IF;
  SELECT string_agg(format('WHEN %L THEN jsonb_build_object(%s)', shape, old_values), ' '),
         string_agg(format('WHEN %L THEN jsonb_build_object(%s)', shape, new_values), ' ')
  INTO before, after
  FROM unnest(shapes) AS shape
  CROSS JOIN LATERAL (
    SELECT string_agg(format('%1$L, o.%1$I', attname), ', ') AS old_values,
           string_agg(format('%1$L, n.%1$I', attname), ', ') AS new_values
    FROM pg_attribute
    WHERE attrelid = TG_RELID AND attnum = ANY (string_to_array(rtrim(shape), ' ')::smallint[])
  ) AS columns;
  EXECUTE format($query$
    SELECT $1 || array_agg(
      ROW(n.concerns, 'alert', n.id::text, n.check_code,
          CASE
            WHEN o.status = 'RESOLVED' AND n.status = 'OPEN' THEN
              CASE WHEN governance_system() IS NULL THEN 'alert.withdraw.resolve'
                   WHEN n.episode <> o.episode THEN 'alert.reopen'
                   WHEN o.accepted_until < (n.last_detected_at AT TIME ZONE $3)::date THEN 'alert.resume'
                   ELSE 'alert.contradict' END
            WHEN o.status = 'ACK' AND n.status = 'OPEN' THEN
              CASE WHEN governance_system() IS NULL THEN 'alert.withdraw.ack'
                   WHEN n.severity_rank < o.severity_rank THEN 'alert.lapse.severity'
                   ELSE 'alert.lapse.payload' END
            WHEN n.acceptance_proposed_at IS DISTINCT FROM o.acceptance_proposed_at
                 AND n.acceptance_proposed_at IS NOT NULL THEN 'alert.propose'
            WHEN o.status = 'OPEN' AND n.status = 'ACK' THEN 'alert.ack'
            WHEN o.status <> 'RESOLVED' AND n.status = 'RESOLVED' THEN
              CASE WHEN n.resolved_by IS NULL THEN 'alert.close' ELSE 'alert.resolve' END
            WHEN o.absent_at IS NULL AND n.absent_at IS NOT NULL THEN 'alert.confirm'
            WHEN n.assignee IS DISTINCT FROM o.assignee THEN 'alert.assign'
            ELSE 'alert.change'
          END,
          -- While it was resolved no scan said that it saw it, so a reopening says when it was last seen.
          CASE WHEN o.status = 'RESOLVED' AND n.status = 'OPEN'
               THEN jsonb_build_object('last_detected_at', o.last_detected_at) ELSE '{}' END
          || CASE %1$s %2$s END,
          CASE WHEN o.status = 'RESOLVED' AND n.status = 'OPEN'
               THEN jsonb_build_object('last_detected_at', n.last_detected_at) ELSE '{}' END
          || CASE WHEN n.status <> o.status OR n.acceptance_proposed_at IS DISTINCT FROM o.acceptance_proposed_at
                  THEN coalesce($2 -> n.source, '{}') ELSE '{}' END
          || CASE %1$s %3$s END)::ledger_draft
      ORDER BY n.severity_rank, n.check_code, n.entity_id)
    FROM newtab AS n JOIN oldtab AS o ON o.id = n.id
    WHERE n.version <> o.version
  $query$, CASE cardinality(shapes) WHEN 1 THEN quote_literal(shapes[1]) ELSE moved END, before, after)
  INTO drafts USING drafts, loans,
    -- Where the console stands, as a scan says, which is the machine's word; nobody else reaches what asks it.
    coalesce(nullif(current_setting('governance.zone', true), ''), 'UTC');
  PERFORM ledger_append(drafts);

  instant := date_bin('15 minutes', ledger_lock(), 'epoch');
  WITH moved AS MATERIALIZED (
    SELECT concerns, source, check_code, entity_type, severity, status, sum(moved_by) AS n, sum(begun) AS begun
    FROM (
      SELECT concerns, source, check_code, entity_type, severity, status, count(*) AS moved_by,
             sum(episode) AS begun
      FROM newtab GROUP BY concerns, source, check_code, entity_type, severity, status
      UNION ALL
      SELECT concerns, source, check_code, entity_type, severity, status, -count(*), -sum(episode)
      FROM oldtab GROUP BY concerns, source, check_code, entity_type, severity, status
    ) AS both_ends
    GROUP BY concerns, source, check_code, entity_type, severity, status
  ), tallied AS (
    INSERT INTO alert_tally AS t (concerns, source, check_code, entity_type, severity, status, n)
    SELECT concerns, source, check_code, entity_type, severity, status, n FROM moved WHERE n <> 0
    ON CONFLICT (concerns, source, check_code, entity_type, severity, status) DO UPDATE SET n = t.n + excluded.n
  )
  INSERT INTO alert_flow AS f (concerns, at, measure, what, n)
  SELECT concerns, instant, measure, what, sum(n)
  FROM (
    SELECT concerns, 'active' AS measure, severity AS what, n FROM moved WHERE status <> 'RESOLVED'
    UNION ALL
    -- Episodes are numbered, so the sum of the numbers says how many began.
    SELECT concerns, 'begun', check_code, begun FROM moved
  ) AS counted
  GROUP BY concerns, measure, what
  HAVING sum(n) <> 0
  ON CONFLICT (concerns, at, measure, what) DO UPDATE SET n = f.n + excluded.n;
  DELETE FROM alert_tally WHERE n = 0;

  -- Durations: what stands after less what stood before, but that the next episode takes nothing from the one
  -- that it follows.
  IF now_is.resolved OR was.resolved OR governance_user_id() IS NOT NULL THEN
    INSERT INTO alert_flow AS f (concerns, at, measure, what, n)
    SELECT concerns, date_bin('15 minutes', done_at, 'epoch'), measure, alert_lasted(done_at - opened_at), sum(n)
    FROM (
      SELECT a.concerns, d.measure, d.done_at, a.n,
             CASE WHEN a.episode = 1 THEN a.created_at
                  WHEN a.episode_at IS NOT NULL THEN a.episode_at
                  ELSE (SELECT (e.after ->> 'updated_at')::timestamptz FROM ledger_entry AS e
                        WHERE e.subject_type = 'alert' AND e.subject_id = a.id::text AND e.action = 'alert.reopen'
                        ORDER BY e.seq DESC LIMIT 1) END AS opened_at
      FROM (
        SELECT 1 AS n, id, concerns, episode, created_at, episode_at, resolved_at, first_acknowledged_at FROM newtab
        UNION ALL
        SELECT -1, o.id, o.concerns, o.episode, o.created_at, o.episode_at, o.resolved_at, o.first_acknowledged_at
        FROM (SELECT * FROM oldtab WHERE resolved_at IS NOT NULL OR first_acknowledged_at IS NOT NULL) AS o
        JOIN newtab AS n ON n.id = o.id AND n.episode = o.episode
      ) AS a
      CROSS JOIN LATERAL (VALUES ('resolve', a.resolved_at),
        ('acknowledge', CASE WHEN governance_user_id() IS NOT NULL THEN a.first_acknowledged_at END)
      ) AS d (measure, done_at)
      WHERE d.done_at IS NOT NULL
    ) AS took
    WHERE opened_at IS NOT NULL
    GROUP BY concerns, measure, date_bin('15 minutes', done_at, 'epoch'), alert_lasted(done_at - opened_at)
    HAVING sum(n) <> 0
    ON CONFLICT (concerns, at, measure, what) DO UPDATE SET n = f.n + excluded.n;
  END IF;
  RETURN NULL;
END $$;

-- episodes.sql explains the columns. What a person resolved and a scan or a person reopened since is not
-- resolved: the last word counts. An acknowledgement that was withdrawn is not the first.
CREATE OR REPLACE FUNCTION alert_episode(wanted uuid DEFAULT NULL) RETURNS TABLE (
  alert_id uuid, source text, check_code text, episode bigint, detected_at timestamptz,
  opened_at timestamptz, opened_by text, first_acknowledged_at timestamptz, first_acknowledged_by text,
  lapses bigint, acknowledged_at timestamptz, acknowledged_by text, resolved_at timestamptz,
  resolved_by text, resolution_cause text, resolution_decision text,
  time_to_acknowledge interval, time_to_resolve interval
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT e.alert_id, e.source, e.check_code, e.episode, e.detected_at, e.opened_at, e.opened_by,
    e.first_acknowledged_at, e.first_acknowledged_by, e.lapses, e.acknowledged_at, e.acknowledged_by,
    e.resolved_at, e.resolved_by, e.resolution_cause, e.resolution_decision,
    -- greatest() alone would turn "not yet" into zero
    CASE WHEN e.first_acknowledged_at IS NOT NULL
         THEN greatest(e.first_acknowledged_at - e.opened_at, interval '0') END,
    CASE WHEN e.resolved_at IS NOT NULL
         THEN greatest(e.resolved_at - e.opened_at, interval '0') END
  FROM (
    SELECT s.subject_id::uuid AS alert_id, min(s.source) AS source, min(s.check_code) AS check_code,
      s.episode,
      min((s.after ->> 'first_detected_at')::timestamptz) AS detected_at,
      min(s.changed_at) FILTER (WHERE s.opens) AS opened_at,
      min(s.actor) FILTER (WHERE s.opens) AS opened_by,
      min(s.acknowledged_at) FILTER (WHERE NOT s.withdrawn) AS first_acknowledged_at,
      (array_agg(s.actor ORDER BY s.seq) FILTER (WHERE s.acknowledged_at IS NOT NULL AND NOT s.withdrawn))[1]
        AS first_acknowledged_by,
      count(*) FILTER (WHERE s.action LIKE 'alert.lapse.%') AS lapses,
      (array_agg(s.acknowledged_at ORDER BY s.seq DESC) FILTER (WHERE s.after ? 'acknowledged_at'))[1]
        AS acknowledged_at,
      (array_agg(s.after ->> 'acknowledged_by' ORDER BY s.seq DESC)
        FILTER (WHERE s.after ? 'acknowledged_by'))[1] AS acknowledged_by,
      (array_agg((s.after ->> 'resolved_at')::timestamptz ORDER BY s.seq DESC)
        FILTER (WHERE s.after ? 'resolved_at'))[1] AS resolved_at,
      (array_agg(CASE WHEN s.after ->> 'resolved_at' IS NOT NULL THEN s.actor END ORDER BY s.seq DESC)
        FILTER (WHERE s.after ? 'resolved_at'))[1] AS resolved_by,
      (array_agg(s.after ->> 'resolution_cause' ORDER BY s.seq DESC)
        FILTER (WHERE s.after ? 'resolution_cause'))[1] AS resolution_cause,
      (array_agg(s.after ->> 'resolution_decision' ORDER BY s.seq DESC)
        FILTER (WHERE s.after ? 'resolution_decision'))[1] AS resolution_decision
    FROM (
      SELECT l.*, l.action IN ('alert.open', 'alert.reopen') AS opens,
        (l.after ->> 'updated_at')::timestamptz AS changed_at,
        (l.after ->> 'acknowledged_at')::timestamptz AS acknowledged_at,
        l.after ->> 'acknowledged_at' IS NOT NULL AND EXISTS (
          SELECT FROM ledger_entry AS w
          WHERE w.subject_type = 'alert' AND w.subject_id = l.subject_id AND w.action = 'alert.withdraw.ack'
            AND w.seq > l.seq AND w.before ->> 'acknowledged_at' = l.after ->> 'acknowledged_at') AS withdrawn,
        count(*) FILTER (WHERE l.action IN ('alert.open', 'alert.reopen'))
          OVER (PARTITION BY l.subject_id ORDER BY l.seq) AS episode
      FROM ledger_entry AS l
      WHERE l.subject_type = 'alert' AND l.action <> 'alert.comment'
        AND (wanted IS NULL OR l.subject_id = wanted::text)
    ) AS s
    GROUP BY s.subject_id, s.episode
  ) AS e
  ORDER BY e.alert_id, e.episode
$$;

-- active_then.sql explains it; these are all the entries that begin to stand or end it.
CREATE OR REPLACE FUNCTION alert_active_at(upto bigint) RETURNS SETOF system_alerts
LANGUAGE sql STABLE
-- Not inlined, see replay.sql; and one entry per alert is grouped in memory.
SET search_path = pg_catalog, public, pg_temp
SET work_mem = '64MB'
AS $$
  WITH standing AS (
    SELECT subject_id
    FROM ledger_entry
    WHERE subject_type = 'alert' AND seq <= upto
      AND action IN ('alert.open', 'alert.reopen', 'alert.contradict', 'alert.resume', 'alert.withdraw.resolve',
                     'alert.resolve', 'alert.close')
    GROUP BY subject_id
    HAVING max(seq) FILTER (WHERE action NOT IN ('alert.resolve', 'alert.close'))
      > coalesce(max(seq) FILTER (WHERE action IN ('alert.resolve', 'alert.close')), 0)
  ), merged AS (
    SELECT s.subject_id, past.state, past.dated
    FROM standing AS s
    CROSS JOIN LATERAL (
      SELECT alert_merge(e.after ORDER BY e.seq) AS state,
             max(e.seq) FILTER (WHERE e.after ? 'last_detected_at') AS dated
      FROM ledger_entry AS e
      WHERE e.subject_type = 'alert' AND e.subject_id = s.subject_id
        AND e.action <> 'alert.comment' AND e.seq <= upto
    ) AS past
  )
  SELECT alert.*
  FROM merged AS m
  LEFT JOIN LATERAL (
    SELECT e.after -> 'last_detected_at' AS at
    FROM ledger_entry AS e
    WHERE e.subject_type = 'sighting' AND e.subject_id = m.state ->> 'source'
      AND e.seq > m.dated AND e.seq <= upto
      AND e.source = alert_concerns(m.state ->> 'source', m.state ->> 'entity_id')
      AND NOT e.after -> 'except' ? m.subject_id
    ORDER BY e.seq DESC
    LIMIT 1
  ) AS sighting ON true
  CROSS JOIN LATERAL jsonb_populate_record(NULL::system_alerts, m.state || jsonb_build_object(
    'last_detected_at', coalesce(sighting.at, m.state -> 'last_detected_at'),
    'severity_rank', alert_severity_rank(m.state ->> 'severity'),
    'concerns', alert_concerns(m.state ->> 'source', m.state ->> 'entity_id'))) AS alert
  WHERE m.state ->> 'status' <> 'RESOLVED'
$$;
