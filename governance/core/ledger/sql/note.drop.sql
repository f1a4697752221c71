-- Undoes note.sql.
DROP FUNCTION ledger_note(text, text, text, text, text, jsonb);
