-- End the sessions of a person, one or all but one, and keep the reason for whoever still brings their key. The owner's
-- alone: sessions_end and the triggers ask who may.
CREATE FUNCTION sessions_close(person uuid, why text, only_one text, all_but text) RETURNS integer
LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp
AS $$
  WITH over AS (
    UPDATE person_session SET ended_at = clock_timestamp(), reason = why
    WHERE user_id = person AND ended_at IS NULL
      AND (only_one IS NULL OR name = only_one) AND (all_but IS NULL OR name <> all_but)
    RETURNING name
  ), gone AS (
    DELETE FROM django_session WHERE session_key IN (SELECT name FROM over)
  )
  SELECT count(*)::integer FROM over
$$;
