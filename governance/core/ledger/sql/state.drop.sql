-- Undoes state.sql.
DROP FUNCTION ledger_state();
