-- Append-only, for every role, the owner included.
CREATE FUNCTION ledger_refuse() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RAISE insufficient_privilege USING
    MESSAGE = format('%s on %s refused: the ledger is append-only', TG_OP, TG_TABLE_NAME),
    HINT = 'Correct a mistake by a new entry.';
END $$;

CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_head_kept BEFORE INSERT OR DELETE OR TRUNCATE ON ledger_head
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_pending_kept BEFORE UPDATE OR TRUNCATE ON ledger_pending
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_batch_kept BEFORE TRUNCATE ON ledger_batch
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

-- ALWAYS, so that session_replication_role does not open a side door. Only a deliberate DISABLE TRIGGER gets past, and
-- ledger_verify and the checkpoints are there for whoever does that.
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_append_only;
ALTER TABLE ledger_head ENABLE ALWAYS TRIGGER ledger_head_kept;
ALTER TABLE ledger_pending ENABLE ALWAYS TRIGGER ledger_pending_kept;
ALTER TABLE ledger_batch ENABLE ALWAYS TRIGGER ledger_batch_kept;
