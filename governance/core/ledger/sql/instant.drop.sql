-- Undoes instant.sql.
DROP FUNCTION ledger_instant();
