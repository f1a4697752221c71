-- Undoes view_definition.sql.
DROP POLICY seen ON integrity_view_definition;
DROP POLICY machine ON integrity_view_definition;
ALTER TABLE integrity_view_definition NO FORCE ROW LEVEL SECURITY;
ALTER TABLE integrity_view_definition DISABLE ROW LEVEL SECURITY;
ALTER TABLE integrity_view_definition DROP CONSTRAINT integrity_view_definition_is_its_hash;
DROP TRIGGER a_guard ON integrity_view_definition;
DROP FUNCTION integrity_view_definition_guard();
