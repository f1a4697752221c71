-- Undoes kept_in_bounds.sql.
DROP TRIGGER b_counted ON live_look;
DROP FUNCTION live_look_counted();
DROP TRIGGER b_kept ON saved_filter;
DROP FUNCTION saved_filter_kept();
