-- The same as governance_own_sources, with what a delegation that has begun and not ended lends. What is lent is judged by the
-- clock when it is used: a statement that waited for the ledger's lock is judged after it has the lock, so nothing is
-- done by a delegation that ended while it waited. Not statement_timestamp(), which is the instant before the wait.
-- And it is lent for as long as the lender could do it: nobody lends from a closed account, or a right that is no longer
-- theirs.
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
        AND d.starts_at <= clock_timestamp() AND d.ends_at > clock_timestamp()
        AND delegation_is_theirs(d.granted_by, d.source)
    ) AS held) END
$$;
