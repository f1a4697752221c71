-- The end of a transaction that entered later: what it saw again becomes entries, its batch gets its place, and what it
-- counted is added to everybody's counts. The ledger's head is held from the middle of this to the commit, so everything
-- that grows with the alerts comes before. A transaction that does not call it is settled at its commit.
CREATE FUNCTION alert_settle() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  me constant bigint := pg_current_xact_id()::text::bigint;
  -- Who wrote a little before us may have committed a little after we looked.
  margin constant interval := '10 seconds';
  drafts ledger_draft[];
  moves alert_move[];
  instant timestamptz;
BEGIN
  -- Again asked of those that others changed meanwhile, below.
  SELECT array_agg(alert_sighting(source, concerns, at, seen) ORDER BY at, source, concerns) INTO drafts
  FROM (
    SELECT source, concerns, at, sum(seen)::bigint AS seen FROM alert_seen WHERE writer = me GROUP BY 1, 2, 3
  ) AS together;
  IF drafts IS NOT NULL OR EXISTS (SELECT FROM alert_moved WHERE writer = me) THEN
    instant := ledger_lock();
    PERFORM FROM ledger_head FOR UPDATE;
    -- Since then somebody reopened what we did not see, say.
    SELECT array_agg(
      ROW(d.source, d.subject_type, d.subject_id, d.check_code, d.action, d.before,
        d.after || CASE WHEN later.ids IS NULL THEN '{}' ELSE jsonb_build_object('except', (
          SELECT jsonb_agg(id ORDER BY id) FROM (
            SELECT jsonb_array_elements_text(d.after -> 'except')::uuid AS id UNION SELECT unnest(later.ids)
          ) AS either)) END)::ledger_draft
      ORDER BY number)
    INTO drafts
    FROM unnest(drafts) WITH ORDINALITY AS
      d(source, subject_type, subject_id, check_code, action, before, after, number)
    CROSS JOIN LATERAL (
      SELECT array_agg(a.id) AS ids FROM system_alerts AS a
      WHERE a.updated_at > instant - margin AND a.updated_at <> instant
        AND a.source = d.subject_id AND a.concerns = d.source AND a.status <> 'RESOLVED'
        AND a.last_detected_at <> (d.after ->> 'last_detected_at')::timestamptz
    ) AS later;
    PERFORM ledger_append(drafts);
  END IF;
  PERFORM ledger_seal();
  SELECT array_agg(ROW(concerns, source, check_code, entity_type, severity, status, n, begun)::alert_move) INTO moves
  FROM (
    SELECT concerns, source, check_code, entity_type, severity, status, sum(n)::bigint AS n, sum(begun)::bigint AS begun
    FROM alert_moved WHERE writer = me GROUP BY 1, 2, 3, 4, 5, 6
  ) AS together;
  DELETE FROM alert_moved WHERE writer = me;
  DELETE FROM alert_seen WHERE writer = me;
  IF moves IS NOT NULL THEN
    PERFORM alert_count(moves);
  END IF;
END $$;
