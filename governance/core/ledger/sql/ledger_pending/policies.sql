-- What waits to be chained is seen as what was chained.
ALTER TABLE ledger_pending ENABLE ROW LEVEL SECURITY;

CREATE POLICY machine ON ledger_pending FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);

CREATE POLICY seen ON ledger_pending FOR SELECT
  USING (coalesce(source, 'console') = ANY ((SELECT governance_sources('history'))::text[]));
