-- Undoes rule_proof.sql.
DROP POLICY seen ON integrity_rule_proof;
DROP POLICY machine ON integrity_rule_proof;
ALTER TABLE integrity_rule_proof NO FORCE ROW LEVEL SECURITY;
ALTER TABLE integrity_rule_proof DISABLE ROW LEVEL SECURITY;
DROP TRIGGER z_record ON integrity_rule_proof;
DROP TRIGGER a_guard ON integrity_rule_proof;
DROP FUNCTION integrity_rule_proof_record();
DROP FUNCTION integrity_rule_proof_guard();
