-- Batches show how much happens, and when. Not forced: the ledger's functions, as the owner, write them for everybody.
ALTER TABLE ledger_batch ENABLE ROW LEVEL SECURITY;

CREATE POLICY machine ON ledger_batch FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
