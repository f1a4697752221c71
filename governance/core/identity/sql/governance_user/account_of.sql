-- The whole account of the person who acts, hash included, and nothing to anybody else. The request of a session
-- says who acts in the argument: account_of(set_config('governance.user_id', id, true)::uuid), one round trip.
CREATE FUNCTION account_of(wanted uuid) RETURNS SETOF governance_user
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT u.* FROM governance_user u
  WHERE u.id = wanted AND governance_user_id() = wanted
$$;
