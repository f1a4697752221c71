-- By whose right, and until when, the acting person may act on the sources on which no role of their own lets
-- them. `since`: of loans that have begun, and lasted at that instant or later, the newest.
CREATE FUNCTION governance_loans(since timestamptz) RETURNS TABLE (source text, lender uuid, ends_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT DISTINCT ON (d.source) d.source, d.granted_by, d.ends_at
  FROM delegation d
  JOIN source_role sr ON sr.user_id = d.holder_id AND sr.source = d.source AND sr.role = 'gerant'
  JOIN governance_user u ON u.id = d.holder_id AND u.is_active
  WHERE d.holder_id = nullif(current_setting('governance.user_id', true), '')::uuid
    AND d.starts_at <= clock_timestamp() AND d.ends_at > since AND delegation_is_theirs(d.granted_by, d.source)
    AND d.source <> ALL (governance_own_sources('act'))
  ORDER BY d.source, d.starts_at DESC, d.created_at DESC
$$;
