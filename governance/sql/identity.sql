-- Who acts, and on which sources: the two transaction-local settings, read by every policy and trigger.
-- STABLE, and called inside a sub-select by the policies, so that a statement pays for one call.

CREATE FUNCTION governance_user_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('governance.user_id', true), '')::uuid;

CREATE FUNCTION governance_system() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('governance.system', true), '');

-- Sources on which the acting person holds a permission: by role, or by a delegation that has not ended.
-- 'console' (the console's own findings) is acted on by whoever administers a source, and seen by
-- everybody who holds one. SECURITY DEFINER: the policies need it, their readers need no grant for it.
CREATE FUNCTION governance_sources(wanted text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$
  WITH held AS (
    SELECT sr.source, sr.role, rp.permission
    FROM source_role sr
    JOIN role_permission rp ON rp.role = sr.role
    JOIN governance_user u ON u.id = sr.user_id AND u.is_active
    WHERE sr.user_id = nullif(current_setting('governance.user_id', true), '')::uuid
  ), lent AS (
    SELECT d.source
    FROM delegation d
    JOIN source_role sr ON sr.user_id = d.holder_id AND sr.source = d.source AND sr.role = 'gerant'
    JOIN governance_user u ON u.id = d.holder_id AND u.is_active
    WHERE d.holder_id = nullif(current_setting('governance.user_id', true), '')::uuid
      AND d.ends_at > now() AND wanted = 'act'
  )
  SELECT coalesce(array_agg(DISTINCT source), '{}')
  FROM (
    SELECT source FROM held WHERE permission = wanted
    UNION ALL
    SELECT source FROM lent
    UNION ALL
    SELECT 'console' FROM held
    WHERE permission = wanted AND (wanted NOT IN ('act', 'comment', 'administer') OR role = 'admin')
  ) AS named
$$;

-- The role under which the acting person is known on a source; what the ledger writes beside the name.
CREATE FUNCTION governance_role_on(wanted_source text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$
  SELECT coalesce(
    (SELECT sr.role FROM source_role sr
     WHERE sr.user_id = nullif(current_setting('governance.user_id', true), '')::uuid
       AND (sr.source = wanted_source OR wanted_source IS NULL OR wanted_source = 'console')
     ORDER BY sr.source = wanted_source DESC, sr.role = 'admin' DESC, sr.role
     LIMIT 1),
    '')
$$;
