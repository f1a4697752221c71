-- Undoes append.sql.
DROP FUNCTION ledger_append(ledger_draft[]);
DROP FUNCTION ledger_lock();
DROP FUNCTION ledger_actor();
DROP TYPE ledger_draft;
