-- Undoes guard.sql.
DROP TRIGGER ledger_entry_append_only ON ledger_entry;
DROP TRIGGER ledger_entry_door ON ledger_entry;
DROP TRIGGER ledger_head_kept ON ledger_head;
DROP TRIGGER ledger_head_door ON ledger_head;
DROP FUNCTION ledger_guard_door();
DROP FUNCTION ledger_refuse();
