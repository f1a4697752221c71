-- Undoes replay.sql.
DROP VIEW alert_as_of;
DROP FUNCTION alert_state_at(bigint);
DROP AGGREGATE alert_merge(jsonb);
DROP FUNCTION alert_concerns(text, text);
