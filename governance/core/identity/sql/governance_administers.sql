-- Whether the acting person may change somebody's account: administers a source, and every source on which
-- that person holds a role, so that an administrator of one depot cannot close another one's account.
CREATE FUNCTION governance_administers(person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT held <> '{}' AND NOT EXISTS (
    SELECT FROM source_role sr WHERE sr.user_id = person AND sr.source <> ALL (held))
  FROM governance_own_sources('administer') AS held
$$;
