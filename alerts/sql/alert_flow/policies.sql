-- Who sees what moved: who reads the history of the source. Not forced: the triggers move it for everybody.
ALTER TABLE alert_flow ENABLE ROW LEVEL SECURITY;
CREATE POLICY machine ON alert_flow FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON alert_flow FOR SELECT
  USING (concerns = ANY ((SELECT governance_sources('history'))::text[]));
