-- Writes the next mark, and gives its entry; null where too little has come since the last: `every` entries that begin or end
-- an alert's standing, and no fewer than the last mark holds alerts. So all marks together hold no more alerts than there
-- are such entries, and nobody who asks for an instant reads more entries than that. From the ledger alone, and the
-- nightly verification compares (check/mark.sql). SECURITY DEFINER: nobody else writes that table.
CREATE FUNCTION alert_mark_next(every int DEFAULT 5000) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET work_mem = '64MB' AS $$
DECLARE
  last bigint;
  held bigint;
  place bigint;
BEGIN
  IF governance_system() IS NULL OR governance_user_id() IS NOT NULL THEN
    RAISE insufficient_privilege USING MESSAGE = 'only the machine marks what stands';
  END IF;
  LOCK TABLE alert_mark IN SHARE ROW EXCLUSIVE MODE;  -- one at a time; readers go on
  SELECT coalesce(max(seq), 0) INTO last FROM alert_mark;
  SELECT coalesce(sum(cardinality(alerts)), 0) INTO held FROM alert_mark WHERE seq = last;
  SELECT seq INTO place FROM ledger_entry
  WHERE subject_type = 'alert' AND seq > last
    AND action IN ('alert.open', 'alert.reopen', 'alert.contradict', 'alert.resume', 'alert.withdraw.resolve',
                   'alert.resolve', 'alert.close')
  ORDER BY seq OFFSET greatest(every, held, 1) - 1 LIMIT 1;
  IF place IS NOT NULL THEN
    INSERT INTO alert_mark (seq, concerns, after, alerts)
    SELECT place, concerns, last, coalesce(array_agg(id::uuid ORDER BY id) FILTER (WHERE id IS NOT NULL), '{}')
    FROM (
      SELECT concerns, id FROM alert_stood_at(place)
      -- An empty row says that nothing stood there, to those who read of that alone.
      UNION ALL SELECT 'console', NULL
      UNION ALL SELECT DISTINCT concerns, NULL FROM alert_tally
    ) AS stood
    GROUP BY concerns;
  END IF;
  RETURN place;
END $$;
