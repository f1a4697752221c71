-- Add what moved to alert_tally and alert_flow, at the instant of the ledger's entries. These rows are everybody's, so
-- whoever changes them holds the ledger's head: a transaction that enters later leaves its own counts beside them until it
-- has it (alert_settle).
CREATE FUNCTION alert_count(moves alert_move[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  quarter timestamptz;
BEGIN
  IF ledger_is_later() THEN
    INSERT INTO alert_moved (writer, concerns, source, check_code, entity_type, severity, status, n, begun)
    SELECT pg_current_xact_id()::text::bigint, m.* FROM unnest(moves) AS m;
    RETURN;
  END IF;
  quarter := date_bin('15 minutes', ledger_lock(), 'epoch');
  WITH tallied AS (
    INSERT INTO alert_tally AS t (concerns, source, check_code, entity_type, severity, status, n)
    SELECT concerns, source, check_code, entity_type, severity, status, n FROM unnest(moves) WHERE n <> 0
    ON CONFLICT (concerns, source, check_code, entity_type, severity, status) DO UPDATE SET n = t.n + excluded.n
  )
  INSERT INTO alert_flow AS f (concerns, at, measure, what, n)
  SELECT concerns, quarter, measure, what, sum(n)
  FROM (
    SELECT concerns, 'active' AS measure, severity AS what, n FROM unnest(moves) WHERE status <> 'RESOLVED'
    UNION ALL
    SELECT concerns, 'begun', check_code, begun FROM unnest(moves)
  ) AS counted
  GROUP BY concerns, measure, what
  HAVING sum(n) <> 0
  ON CONFLICT (concerns, at, measure, what) DO UPDATE SET n = f.n + excluded.n;
  DELETE FROM alert_tally WHERE n = 0;
END $$;
