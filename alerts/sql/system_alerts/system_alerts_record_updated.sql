-- What an UPDATE of system_alerts leaves behind, in one trigger, because the transition tables hold whole rows and each
-- reading of them costs: one ledger entry per changed alert, one for all that a scan merely saw again, the tally and the
-- flow. Whichever statement made the change. Its ledger actions: alert.ack, alert.propose, alert.resolve, alert.close,
-- alert.confirm, alert.contradict, alert.resume (the date of an acceptance or a dispute has come), alert.reopen,
-- alert.lapse.severity, alert.lapse.payload, alert.withdraw.ack, alert.withdraw.resolve, alert.assign, alert.change.
-- It also refuses what a single statement does that changes the identity for one row and changes it back before its entry
-- is written: a signature of somebody else than who acts, or a person's statement that does what only a scan does.
-- SECURITY DEFINER: the runtime role may not call ledger_append itself, or it could write a history that never happened.
CREATE FUNCTION system_alerts_record_updated() RETURNS trigger
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
  saw alert_saw[];
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
      SELECT array_agg(ROW(source, concerns, at, seen)::alert_saw) INTO saw FROM (
        SELECT source, concerns, last_detected_at AS at, count(*) AS seen
        FROM newtab GROUP BY source, concerns, last_detected_at
      ) AS together;
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
      SELECT (SELECT array_agg(ROW(t.source, t.concerns, t.at, t.seen)::alert_saw) FROM together AS t),
        -- A resolved alert has no business being seen; where a statement says so, it has its own entry.
        (SELECT array_agg(
            ROW(s.concerns, 'alert', s.id::text, s.check_code, 'alert.change',
              jsonb_build_object('last_detected_at', s.was),
              jsonb_build_object('last_detected_at', s.at))::ledger_draft ORDER BY s.at, s.id)
         FROM seen AS s WHERE s.resolved)
      INTO saw, drafts;
    END IF;
  END IF;
  IF (drafts IS NOT NULL OR saw IS NOT NULL) AND governance_system() IS NULL THEN
    RAISE insufficient_privilege USING MESSAGE = 'only a scan says when an anomaly was last seen';
  END IF;
  IF saw IS NOT NULL THEN
    drafts := alert_see(saw) || drafts;
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

  PERFORM alert_count(array_agg(
    ROW(concerns, source, check_code, entity_type, severity, status, n, begun)::alert_move))
  FROM (
    SELECT concerns, source, check_code, entity_type, severity, status, sum(moved_by)::bigint AS n,
           sum(begun)::bigint AS begun  -- episodes are numbered, so the sum of the numbers says how many began
    FROM (
      SELECT concerns, source, check_code, entity_type, severity, status, count(*) AS moved_by,
             sum(episode) AS begun
      FROM newtab GROUP BY concerns, source, check_code, entity_type, severity, status
      UNION ALL
      SELECT concerns, source, check_code, entity_type, severity, status, -count(*), -sum(episode)
      FROM oldtab GROUP BY concerns, source, check_code, entity_type, severity, status
    ) AS both_ends
    GROUP BY concerns, source, check_code, entity_type, severity, status
  ) AS moved;

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

CREATE TRIGGER z_record_updated AFTER UPDATE ON system_alerts
  REFERENCING OLD TABLE AS oldtab NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION system_alerts_record_updated();
