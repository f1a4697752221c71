-- Signing out: the session of this key is gone, and so is what stood beside it, unless somebody else ended it before.
CREATE FUNCTION session_delete(wanted text) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  DELETE FROM django_session WHERE session_key = wanted;
  DELETE FROM person_session WHERE name = wanted AND ended_at IS NULL;
$$;
