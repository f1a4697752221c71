-- The entries that say what was seen again; null for a transaction that enters later, which says so once for all of its
-- statements when it holds the ledger's head (alert_settle): an entry names every active alert that was not seen.
CREATE FUNCTION alert_see(saw alert_saw[]) RETURNS ledger_draft[]
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF ledger_is_later() THEN
    INSERT INTO alert_seen (writer, source, concerns, at, seen)
    SELECT pg_current_xact_id()::text::bigint, s.* FROM unnest(saw) AS s;
    RETURN NULL;
  END IF;
  RETURN (
    SELECT array_agg(alert_sighting(source, concerns, at, seen) ORDER BY at, source, concerns) FROM unnest(saw));
END $$;
