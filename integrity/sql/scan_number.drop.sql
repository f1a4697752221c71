-- Undoes scan_number.sql.
ALTER TABLE integrity_scan DROP COLUMN number;
