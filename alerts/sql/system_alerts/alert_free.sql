-- Which of these alerts can be changed now: not those that a scan that writes much has changed and not yet committed.
-- Asked before the ledger's head is taken, so that who meets a scan makes nobody else wait. A fifth of a second at most;
-- less for several, of which those that are free are held meanwhile.
CREATE FUNCTION alert_free(wanted uuid[]) RETURNS uuid[]
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '200ms' AS $$
DECLARE
  free uuid[] := wanted;
BEGIN
  IF cardinality(wanted) > 1 THEN
    PERFORM set_config('lock_timeout', '40ms', true);
  END IF;
  -- The exception ends the block and with it the locks: a row that is held before the head could wait for who has that.
  BEGIN
    PERFORM FROM system_alerts WHERE id = ANY (wanted) ORDER BY id FOR NO KEY UPDATE;
    RAISE SQLSTATE 'AF001';
  EXCEPTION
    WHEN SQLSTATE 'AF001' THEN RETURN free;
    WHEN lock_not_available THEN NULL;
  END;
  BEGIN
    SELECT coalesce(array_agg(id), '{}') INTO free FROM (
      SELECT id FROM system_alerts WHERE id = ANY (wanted) FOR NO KEY UPDATE SKIP LOCKED) AS found;
    RAISE SQLSTATE 'AF001';
  EXCEPTION
    WHEN SQLSTATE 'AF001' THEN RETURN free;
  END;
END $$;
