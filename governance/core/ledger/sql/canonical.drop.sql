-- Undoes canonical.sql.
DROP AGGREGATE ledger_chain(bytea, text);
DROP FUNCTION ledger_chain_step(bytea, bytea, text);
DROP FUNCTION ledger_hash(bytea, text);
DROP FUNCTION ledger_canonical(bigint, timestamptz, text, text, text, text, text, text, text, jsonb, jsonb);
