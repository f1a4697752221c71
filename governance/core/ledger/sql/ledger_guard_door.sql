-- The door is open only while a function of the ledger's own writes.
CREATE FUNCTION ledger_guard_door() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF current_setting('governance.ledger_door', true) IS DISTINCT FROM 'open' THEN
    RAISE insufficient_privilege USING
      MESSAGE = format('%s on %s refused: only ledger_append writes the ledger', TG_OP, TG_TABLE_NAME);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER ledger_entry_door BEFORE INSERT ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_door();
CREATE TRIGGER ledger_head_door BEFORE UPDATE ON ledger_head
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_door();
CREATE TRIGGER ledger_pending_door BEFORE INSERT OR DELETE ON ledger_pending
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_door();
CREATE TRIGGER ledger_batch_door BEFORE INSERT OR UPDATE OR DELETE ON ledger_batch
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_door();
ALTER TABLE ledger_pending ENABLE ALWAYS TRIGGER ledger_pending_door;
ALTER TABLE ledger_batch ENABLE ALWAYS TRIGGER ledger_batch_door;
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_door;
ALTER TABLE ledger_head ENABLE ALWAYS TRIGGER ledger_head_door;
