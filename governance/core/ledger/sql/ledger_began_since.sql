-- The instants that the rows carry which a long transaction wrote and that was committed after `since`: it began to
-- write before that, and its rows say so (ledger_lock). Null when nobody acts.
CREATE FUNCTION ledger_began_since(since timestamptz) RETURNS timestamptz[]
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT coalesce(array_agg(began), '{}') FROM ledger_batch
  WHERE at > since AND began <= since AND (governance_system() IS NOT NULL OR governance_user_id() IS NOT NULL)
$$;
