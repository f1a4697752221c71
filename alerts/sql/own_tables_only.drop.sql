-- Undoes own_tables_only.sql: the functions as record_once.sql, tally.sql and comments.sql have them.

ALTER POLICY acted ON system_alerts
  USING (source = ANY ((SELECT governance_sources('act') || governance_sources('comment'))::text[]));

CREATE OR REPLACE FUNCTION system_alerts_record_opened() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC'
SET work_mem = '128MB' AS $$
BEGIN
  PERFORM ledger_append(array_agg(
    ROW(n.concerns, 'alert', n.id::text, n.check_code, 'alert.open', NULL,
        to_jsonb(n) - '{severity_rank,concerns}'::text[])::ledger_draft
    ORDER BY n.severity_rank, n.check_code, n.entity_id))
  FROM newtab AS n;
  RETURN NULL;
END $$;

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
BEGIN
  SELECT sum(version) AS versions, min(last_detected_at) AS first, max(last_detected_at) AS last
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
  IF now_is.versions = was.versions THEN
    PERFORM ledger_append(drafts);
    RETURN NULL;
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
            WHEN o.status = 'RESOLVED' AND n.status = 'OPEN' THEN 'alert.reopen'
            WHEN o.status = 'ACK' AND n.status = 'OPEN' THEN
              CASE WHEN n.severity_rank < o.severity_rank THEN 'alert.lapse.severity'
                   ELSE 'alert.lapse.payload' END
            WHEN n.acceptance_proposed_at IS DISTINCT FROM o.acceptance_proposed_at
                 AND n.acceptance_proposed_at IS NOT NULL THEN 'alert.propose'
            WHEN o.status = 'OPEN' AND n.status = 'ACK' THEN 'alert.ack'
            WHEN o.status <> 'RESOLVED' AND n.status = 'RESOLVED' THEN
              CASE WHEN n.resolved_by IS NULL THEN 'alert.close' ELSE 'alert.resolve' END
            WHEN n.assignee IS DISTINCT FROM o.assignee THEN 'alert.assign'
            ELSE 'alert.change'
          END,
          CASE %1$s %2$s END, CASE %1$s %3$s END)::ledger_draft
      ORDER BY n.severity_rank, n.check_code, n.entity_id)
    FROM newtab AS n JOIN oldtab AS o ON o.id = n.id
    WHERE n.version <> o.version
  $query$, CASE cardinality(shapes) WHEN 1 THEN quote_literal(shapes[1]) ELSE moved END, before, after)
  INTO drafts USING drafts;
  PERFORM ledger_append(drafts);

  INSERT INTO alert_tally AS t (concerns, source, check_code, entity_type, severity, status, n)
  SELECT concerns, source, check_code, entity_type, severity, status, sum(moved_by)
  FROM (
    SELECT concerns, source, check_code, entity_type, severity, status, count(*) AS moved_by
    FROM newtab GROUP BY concerns, source, check_code, entity_type, severity, status
    UNION ALL
    SELECT concerns, source, check_code, entity_type, severity, status, -count(*)
    FROM oldtab GROUP BY concerns, source, check_code, entity_type, severity, status
  ) AS both_ends
  GROUP BY concerns, source, check_code, entity_type, severity, status
  HAVING sum(moved_by) <> 0
  ON CONFLICT (concerns, source, check_code, entity_type, severity, status) DO UPDATE SET n = t.n + excluded.n;
  IF FOUND THEN
    DELETE FROM alert_tally WHERE n = 0;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION alert_tally_opened() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO alert_tally AS t (concerns, source, check_code, entity_type, severity, status, n)
  SELECT concerns, source, check_code, entity_type, severity, status, count(*)
  FROM newtab GROUP BY concerns, source, check_code, entity_type, severity, status
  ON CONFLICT (concerns, source, check_code, entity_type, severity, status) DO UPDATE SET n = t.n + excluded.n;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION alert_comment_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  drafts ledger_draft[];
BEGIN
  SELECT array_agg(
    ROW(n.concerns, 'alert', n.alert_id::text, a.check_code, 'alert.comment', NULL,
        jsonb_build_object('comment', n.id, 'body', n.body))::ledger_draft ORDER BY n.at, n.id)
  INTO drafts FROM newtab AS n JOIN system_alerts AS a ON a.id = n.alert_id;
  IF drafts IS NOT NULL THEN
    PERFORM ledger_append(drafts);
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION alert_comment_signed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  SELECT a.source, a.concerns INTO NEW.source, NEW.concerns FROM system_alerts AS a WHERE a.id = NEW.alert_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no such alert' USING ERRCODE = 'insufficient_privilege';
  END IF;
  NEW.author := governance_user_id();
  NEW.at := statement_timestamp();
  RETURN NEW;
END $$;
