-- The head shows how much happens. Not forced: ledger_append, as the owner, moves it for everybody.
ALTER TABLE ledger_head ENABLE ROW LEVEL SECURITY;

CREATE POLICY seen ON ledger_head FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL OR (SELECT governance_sources('history')) <> '{}');
