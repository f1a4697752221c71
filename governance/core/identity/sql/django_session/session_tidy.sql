-- Forget the sessions that are over, a day after the last one could ask why.
CREATE FUNCTION session_tidy() RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  DELETE FROM django_session WHERE expire_date < statement_timestamp();
  DELETE FROM person_session p
  WHERE coalesce(p.ended_at, p.since) < statement_timestamp() - interval '1 day'
    AND NOT EXISTS (SELECT FROM django_session s WHERE s.session_key = p.name);
$$;
