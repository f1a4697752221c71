-- What long transactions committed after `since` and began before: the instant that their rows carry (ledger_lock), and
-- the one of their commit. None when nobody acts.
CREATE FUNCTION ledger_late(since timestamptz) RETURNS TABLE (began timestamptz, sealed timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT b.began, b.at FROM ledger_batch AS b
  WHERE b.at > since AND b.began <= since AND (governance_system() IS NOT NULL OR governance_user_id() IS NOT NULL)
$$;
