-- Undoes scan_number.sql.
DROP TRIGGER b_numbered ON integrity_scan;
DROP FUNCTION integrity_scan_numbered();
ALTER TABLE integrity_scan DROP COLUMN number;
