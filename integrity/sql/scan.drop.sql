-- Undoes scan.sql.
DROP POLICY seen ON integrity_scan;
DROP POLICY machine ON integrity_scan;
ALTER TABLE integrity_scan NO FORCE ROW LEVEL SECURITY;
ALTER TABLE integrity_scan DISABLE ROW LEVEL SECURITY;
DROP TRIGGER z_record ON integrity_scan;
DROP TRIGGER a_guard ON integrity_scan;
DROP FUNCTION integrity_scan_record();
DROP FUNCTION integrity_scan_guard();
