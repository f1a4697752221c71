-- The source that an alert is about; what the table's generated column `concerns` says.
CREATE FUNCTION alert_concerns(source text, entity_id text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE source WHEN 'console' THEN split_part(entity_id, '/', 1) ELSE source END;
