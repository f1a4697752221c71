-- Forget windows that ended.
CREATE FUNCTION request_tidy() RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  DELETE FROM request_count WHERE since < clock_timestamp() - interval '1 hour'
$$;
