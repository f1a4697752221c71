-- Undoes visibility.sql.
DROP POLICY machine ON ledger_entry;
DROP POLICY seen ON ledger_entry;
DROP POLICY appended ON ledger_entry;
DROP POLICY seen ON ledger_head;
ALTER TABLE ledger_entry NO FORCE ROW LEVEL SECURITY;
ALTER TABLE ledger_entry DISABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_head DISABLE ROW LEVEL SECURITY;
