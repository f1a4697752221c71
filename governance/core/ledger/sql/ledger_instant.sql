-- When the state that ledger_state() names came to be: the instant of the newest entry. A page remembers it
-- to ask later what happened since. Null when nobody acts, and before the first entry.
CREATE FUNCTION ledger_instant() RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT nullif(at, '-infinity') FROM ledger_head
  WHERE governance_system() IS NOT NULL OR governance_user_id() IS NOT NULL
$$;
