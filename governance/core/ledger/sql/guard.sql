-- Append-only, for every role, the owner included; ENABLE ALWAYS, so that session_replication_role
-- does not open a side door. Only a deliberate DISABLE TRIGGER gets past, and ledger_verify and the
-- checkpoints are there for whoever does that.

CREATE FUNCTION ledger_refuse() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RAISE insufficient_privilege USING
    MESSAGE = format('%s on %s refused: the ledger is append-only', TG_OP, TG_TABLE_NAME),
    HINT = 'Correct a mistake by a new entry.';
END $$;

-- The door is open only while ledger_append or ledger_lock runs.
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

CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_entry_door BEFORE INSERT ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_door();
CREATE TRIGGER ledger_head_kept BEFORE INSERT OR DELETE OR TRUNCATE ON ledger_head
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_head_door BEFORE UPDATE ON ledger_head
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_door();

ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_append_only;
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_door;
ALTER TABLE ledger_head ENABLE ALWAYS TRIGGER ledger_head_kept;
ALTER TABLE ledger_head ENABLE ALWAYS TRIGGER ledger_head_door;
