-- Sources on which the acting person holds a permission by role. 'console' (the console's own findings)
-- is acted on by whoever administers a source, and seen by everybody who holds one.
-- SECURITY DEFINER: the policies need it, their readers need no grant for it.
CREATE FUNCTION governance_own_sources(wanted text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  WITH held AS (
    SELECT sr.source, sr.role
    FROM source_role sr
    JOIN role_permission rp ON rp.role = sr.role AND rp.permission = wanted
    JOIN governance_user u ON u.id = sr.user_id AND u.is_active
    WHERE sr.user_id = nullif(current_setting('governance.user_id', true), '')::uuid
  )
  SELECT coalesce(array_agg(DISTINCT source), '{}')
  FROM (
    SELECT source FROM held
    UNION ALL
    SELECT 'console' FROM held WHERE wanted NOT IN ('act', 'comment', 'administer') OR role = 'admin'
  ) AS named
$$;
