-- A scan that merely sees alerts again leaves one entry for all of them, so that the ledger alone gives
-- back `last_detected_at`: every active alert of the source was seen at that instant, except those named
-- (a row set aside, or a snapshot that looked at a part of the source). A resolved alert has no business
-- being seen; where a statement says so nevertheless, it leaves an entry of its own.
-- Its own trigger, not the scan's record: snapshots exist that are no scan, and `psql` exists.
CREATE FUNCTION system_alerts_record_seen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC'
-- The plan is cached when few rows changed, and a nested loop over 100 000 would take an hour.
SET enable_nestloop = off AS $$
DECLARE
  drafts ledger_draft[];
BEGIN
  IF governance_system() IS NULL THEN
    RETURN NULL;  -- a person's statement cannot move last_detected_at
  END IF;
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
    SELECT t.at, ROW(t.concerns, 'sighting', t.source, NULL, 'alert.seen', NULL, jsonb_build_object(
        'last_detected_at', t.at, 'seen', t.seen,
        'except', (SELECT coalesce(jsonb_agg(a.id ORDER BY a.id), '[]')
                   FROM system_alerts AS a
                   WHERE a.source = t.source AND a.concerns = t.concerns AND a.status <> 'RESOLVED'
                     AND a.last_detected_at <> t.at)))::ledger_draft AS draft
    FROM together AS t
    UNION ALL
    SELECT s.at, ROW(s.concerns, 'alert', s.id::text, s.check_code, 'alert.change',
        jsonb_build_object('last_detected_at', s.was),
        jsonb_build_object('last_detected_at', s.at))::ledger_draft
    FROM seen AS s WHERE s.resolved
  ) AS entries;
  IF drafts IS NOT NULL THEN
    PERFORM ledger_append(drafts);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER z_record_seen AFTER UPDATE ON system_alerts
  REFERENCING OLD TABLE AS oldtab NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION system_alerts_record_seen();
