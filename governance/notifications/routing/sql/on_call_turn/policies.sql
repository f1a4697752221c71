-- Whoever sees a source sees who has its telephone. Its administrators say it, and whoever has it may hand it over.
ALTER TABLE on_call_turn ENABLE ROW LEVEL SECURITY;
ALTER TABLE on_call_turn FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON on_call_turn FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON on_call_turn FOR SELECT
  USING (source = ANY ((SELECT governance_sources('view_integrity'))::text[]));
CREATE POLICY said ON on_call_turn FOR INSERT
  WITH CHECK (source = ANY ((SELECT governance_own_sources('administer'))::text[]));
CREATE POLICY handed_over ON on_call_turn FOR INSERT
  WITH CHECK (on_call_is_own(source, starts_at, ends_at));
