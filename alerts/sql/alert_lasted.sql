-- How long something took, as alert_flow.what writes it: microseconds, never less than none.
CREATE FUNCTION alert_lasted(lasted interval) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN greatest((extract(epoch FROM lasted) * 1000000)::bigint, 0)::text;
