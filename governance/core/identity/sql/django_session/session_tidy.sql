-- Forget the sessions that are over, a day after the last one could ask why, links that let nobody in any more, and devices
-- whose cookie is older than browsers keep one.
CREATE FUNCTION session_tidy() RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  DELETE FROM django_session WHERE expire_date < statement_timestamp();
  DELETE FROM person_session p
  WHERE coalesce(p.ended_at, p.since) < statement_timestamp() - interval '1 day'
    AND NOT EXISTS (SELECT FROM django_session s WHERE s.session_key = p.name);
  DELETE FROM person_link WHERE expires_at < statement_timestamp();
  DELETE FROM person_device WHERE last_at < statement_timestamp() - interval '400 days';
$$;
