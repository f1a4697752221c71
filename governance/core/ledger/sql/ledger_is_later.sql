-- Whether the entries of this transaction wait in a batch that is not sealed, so that its instant and place are not known.
CREATE FUNCTION ledger_is_later() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT EXISTS (
    SELECT FROM ledger_batch WHERE writer = pg_current_xact_id_if_assigned()::text::bigint AND number IS NULL)
$$;
