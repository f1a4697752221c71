-- Each changed alert leaves exactly one ledger entry, whichever statement changed it: transition
-- tables, so a scan that touches 100 000 rows pays for one call. A row whose `version` did not move was
-- merely seen again; the scan's own entry stands for all of those. SECURITY DEFINER: the runtime role may
-- not call ledger_append itself, or it could write a history that never happened.

-- Keys of `now` that differ from `was`, with their values from `shown`; NULL values count as values.
CREATE FUNCTION alert_delta(was jsonb, now jsonb, shown jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT jsonb_object_agg(n.key, shown -> n.key)
  FROM jsonb_each(now) AS n
  WHERE n.value IS DISTINCT FROM was -> n.key AND n.key NOT IN ('severity_rank', 'concerns')
$$;

CREATE FUNCTION system_alerts_record_opened() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  drafts ledger_draft[];
BEGIN
  SELECT array_agg(ROW(n.concerns, 'alert', n.id::text, n.check_code, 'alert.open', NULL,
                       to_jsonb(n) - 'severity_rank' - 'concerns')::ledger_draft
                   ORDER BY n.severity_rank, n.check_code, n.entity_id)
  INTO drafts FROM newtab AS n;
  IF drafts IS NOT NULL THEN
    PERFORM ledger_append(drafts);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION system_alerts_record_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC'
-- The plan is cached when few rows changed, and a nested loop over 100 000 would take an hour.
SET enable_nestloop = off AS $$
DECLARE
  drafts ledger_draft[];
BEGIN
  SELECT array_agg(
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
        alert_delta(to_jsonb(o), to_jsonb(n), to_jsonb(o)),
        alert_delta(to_jsonb(o), to_jsonb(n), to_jsonb(n)))::ledger_draft
    ORDER BY n.severity_rank, n.check_code, n.entity_id)
  INTO drafts
  FROM newtab AS n JOIN oldtab AS o ON o.id = n.id
  WHERE n.version <> o.version;
  IF drafts IS NOT NULL THEN
    PERFORM ledger_append(drafts);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER z_record_opened AFTER INSERT ON system_alerts
  REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION system_alerts_record_opened();
CREATE TRIGGER z_record_changed AFTER UPDATE ON system_alerts
  REFERENCING OLD TABLE AS oldtab NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION system_alerts_record_changed();
