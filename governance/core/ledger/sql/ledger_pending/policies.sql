-- What waits to be chained is the machine's alone; people read the ledger. Not forced: the ledger's functions, as the
-- owner, write it for everybody.
ALTER TABLE ledger_pending ENABLE ROW LEVEL SECURITY;

CREATE POLICY machine ON ledger_pending FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
