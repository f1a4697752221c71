-- The order of severities; null for one that nobody knows. Reads what a source sent, so it never fails.
CREATE FUNCTION alert_severity_rank(severity text) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE severity WHEN 'CRITICAL' THEN 0 WHEN 'WARN' THEN 1 WHEN 'INFO' THEN 2 END;
