-- A session that goes on under a new key stays the one that it was.
CREATE FUNCTION session_moved(was text, now_is text) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  UPDATE person_session SET name = now_is WHERE name = was AND ended_at IS NULL
$$;
