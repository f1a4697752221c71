-- What the session of this key holds, unless it is over.
CREATE FUNCTION session_read(wanted text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT session_data FROM django_session
  WHERE session_key = wanted AND expire_date > statement_timestamp()
$$;
