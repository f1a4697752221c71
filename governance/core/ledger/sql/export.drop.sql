-- Undoes export.sql.
DROP FUNCTION ledger_line(bigint, timestamptz, text, text, text, text, text, text, text, jsonb, jsonb, bytea, bytea);
