-- Forget the sessions that are over.
CREATE FUNCTION session_tidy() RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  DELETE FROM django_session WHERE expire_date < statement_timestamp()
$$;
