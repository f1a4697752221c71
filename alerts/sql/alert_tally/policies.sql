-- Who sees which count: who sees the alerts counted. Not forced: the triggers, as the owner, move it for everybody, also
-- for somebody who may act on a source of which not all is seen.
ALTER TABLE alert_tally ENABLE ROW LEVEL SECURITY;
CREATE POLICY machine ON alert_tally FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON alert_tally FOR SELECT
  USING (concerns = ANY ((SELECT governance_sources('view_integrity'))::text[]));
