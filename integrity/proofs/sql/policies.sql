-- The machine writes proofs. One on the reference depot (no source) says how good a rule is and nothing of any business;
-- the others are for those who hold their source.
ALTER TABLE integrity_rule_proof ENABLE ROW LEVEL SECURITY;
ALTER TABLE integrity_rule_proof FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON integrity_rule_proof
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON integrity_rule_proof FOR SELECT
  USING (CASE source WHEN '' THEN cardinality((SELECT governance_sources('view_integrity'))) > 0
         ELSE source = ANY ((SELECT governance_sources('view_integrity'))::text[]) END);
