-- Undoes episodes.sql.
DROP FUNCTION alert_episode(uuid);
