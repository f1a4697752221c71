-- How many entries were committed and wait to be chained; for whoever acts.
CREATE FUNCTION ledger_waiting() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT entered - seq FROM ledger_head WHERE governance_system() IS NOT NULL OR governance_user_id() IS NOT NULL
$$;
