-- The scans of a source on one day (UTC) that found nothing to change, in their order, each with the hash of its entry in
-- the ledger, which has all that its row has. Not among them: the first and the last of the day; one that opened, changed,
-- closed, held or set aside anything; one that read another view, through other eyes, rule by rule, other rows than the one before,
-- or other rows than a source that had not moved could have;
-- and one that an alert names as the last that saw it. One whose entry says otherwise than its row is not among them either.
CREATE FUNCTION scans_quiet(of_source text, on_day date) RETURNS TABLE (
  id uuid, number bigint, started_at timestamptz, finished_at timestamptz, entry_hash bytea)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
  WITH of_day AS (
    SELECT s.*,
      row_number() OVER in_order AS from_first,
      row_number() OVER (ORDER BY s.number DESC) AS from_last,
      (lag(s.view_hash) OVER in_order, lag(s.evidence_hash) OVER in_order, lag(s.rules) OVER in_order,
       lag(s.per_code) OVER in_order, lag(s.compiled) OVER in_order)
        IS NOT DISTINCT FROM (s.view_hash, s.evidence_hash, s.rules, s.per_code, s.compiled) AS as_before
    FROM integrity_scan AS s
    WHERE s.source = of_source AND s.outcome IN ('COMPLETE', 'FAILED', 'SUSPECT')
      AND s.started_at >= on_day::timestamptz AND s.started_at < (on_day + 1)::timestamptz
    WINDOW in_order AS (ORDER BY s.number)
  )
  SELECT d.id, d.number, d.started_at, d.finished_at, e.hash
  FROM of_day AS d
  -- LIMIT: one look-up by subject each, whatever the planner thinks of a table that it has not analysed.
  CROSS JOIN LATERAL (
    SELECT l.hash, l.after FROM ledger_entry AS l
    WHERE l.subject_type = 'scan' AND l.subject_id = d.id::text AND l.action = 'scan.complete'
    ORDER BY l.seq LIMIT 1) AS e
  WHERE to_jsonb(d) @> e.after AND d.from_first > 1 AND d.from_last > 1 AND d.as_before
    AND d.outcome = 'COMPLETE' AND d.error = '' AND d.drift = '{}' AND (d.readings = '{}' OR d.stands_since IS NOT NULL) AND d.disputed = '{}'
    AND (d.opened, d.reopened, d.lapsed, d.changed, d.closed, d.held, d.absent, d.quarantined) = (0, 0, 0, 0, 0, 0, 0, 0)
    AND NOT EXISTS (
      SELECT FROM system_alerts AS a WHERE a.source = of_source AND a.last_detected_at = d.started_at)
  ORDER BY d.number
$$;
