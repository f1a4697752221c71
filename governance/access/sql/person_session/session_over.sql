-- Why the session of this name was ended by somebody; null when nobody did.
CREATE FUNCTION session_over(wanted text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT reason FROM person_session WHERE name = wanted AND ended_at IS NOT NULL
$$;
