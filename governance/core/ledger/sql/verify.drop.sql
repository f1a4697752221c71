-- Undoes verify.sql.
DROP FUNCTION ledger_check();
