-- The entry that says: all active alerts of a source, about one source, were seen at `at`; but for those that still say
-- otherwise (a row set aside, or a snapshot that looked at a part of the source).
CREATE FUNCTION alert_sighting(of_source text, about text, at timestamptz, seen bigint) RETURNS ledger_draft
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT ROW(about, 'sighting', of_source, NULL, 'alert.seen', NULL, jsonb_build_object(
    'last_detected_at', at, 'seen', seen,
    'except', (SELECT coalesce(jsonb_agg(a.id ORDER BY a.id), '[]')
               FROM system_alerts AS a
               WHERE a.source = of_source AND a.concerns = about AND a.status <> 'RESOLVED'
                 AND a.last_detected_at <> at)))::ledger_draft
$$;
