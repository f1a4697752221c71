-- Who acts, and on which sources: the two transaction-local settings, read by every policy and trigger,
-- and the row policies of delegations. STABLE, and called inside a sub-select by the policies, so that
-- a statement pays for one call.

CREATE FUNCTION governance_user_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('governance.user_id', true), '')::uuid;

CREATE FUNCTION governance_system() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('governance.system', true), '');

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

-- The same, with what a delegation that has not ended lends.
CREATE FUNCTION governance_sources(wanted text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT CASE WHEN wanted <> 'act' THEN governance_own_sources(wanted) ELSE (
    SELECT coalesce(array_agg(DISTINCT source), '{}')
    FROM (
      SELECT unnest(governance_own_sources(wanted)) AS source
      UNION ALL
      SELECT d.source
      FROM delegation d
      JOIN source_role sr ON sr.user_id = d.holder_id AND sr.source = d.source AND sr.role = 'gerant'
      JOIN governance_user u ON u.id = d.holder_id AND u.is_active
      WHERE d.holder_id = nullif(current_setting('governance.user_id', true), '')::uuid
        AND d.ends_at > statement_timestamp()  -- not now(): no open transaction outlives it
    ) AS held) END
$$;

-- The role under which the acting person is known on a source; what the ledger writes beside the name.
CREATE FUNCTION governance_role_on(wanted_source text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT coalesce(
    (SELECT sr.role FROM source_role sr
     WHERE sr.user_id = nullif(current_setting('governance.user_id', true), '')::uuid
       AND (sr.source = wanted_source OR wanted_source IS NULL OR wanted_source = 'console')
     ORDER BY sr.source = wanted_source DESC, sr.role = 'admin' DESC, sr.role
     LIMIT 1),
    '')
$$;

-- Who sees a delegation: its holder, and those who read that source's history. Who lends, and who ends it
-- early: those who may act there by their own role; what is lent is not lent on. Nobody deletes one, so
-- that past ones can be listed. Forced, so it binds governance_sources as well, which runs as the owner
-- and reads the holder's own rows; hence governance_own_sources here, which reads no delegation.
-- What a delegation may say is in delegations.sql.
ALTER TABLE delegation ENABLE ROW LEVEL SECURITY;
ALTER TABLE delegation FORCE ROW LEVEL SECURITY;

CREATE POLICY machine ON delegation
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);

CREATE POLICY seen ON delegation FOR SELECT
  USING (holder_id = (SELECT governance_user_id())
         OR source = ANY ((SELECT governance_own_sources('history'))::text[]));

CREATE POLICY lent ON delegation FOR INSERT
  WITH CHECK (source = ANY ((SELECT governance_own_sources('act'))::text[]));

CREATE POLICY ended ON delegation FOR UPDATE
  USING (source = ANY ((SELECT governance_own_sources('act'))::text[]));
