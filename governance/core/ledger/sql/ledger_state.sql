-- One name for the state that the ledger covers, for whoever acts, also those who may not read the history:
-- it moves with every commit that makes entries, chained or not, and says neither how many there are nor what they hold. Pages keep what they
-- derived under it, and browsers what they showed. Null when nobody acts.
CREATE FUNCTION ledger_state() RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT sha256('state'::bytea || moved) FROM ledger_head
  WHERE governance_system() IS NOT NULL OR governance_user_id() IS NOT NULL
$$;
