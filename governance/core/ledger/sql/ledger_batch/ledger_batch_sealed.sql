-- No transaction ends with a batch that has no place.
CREATE FUNCTION ledger_batch_sealed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM trigger_serves('public.ledger_batch', TG_RELID);
  PERFORM ledger_seal();
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_batch_sealed AFTER INSERT ON ledger_batch
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.number IS NULL) EXECUTE FUNCTION ledger_batch_sealed();
ALTER TABLE ledger_batch ENABLE ALWAYS TRIGGER ledger_batch_sealed;
