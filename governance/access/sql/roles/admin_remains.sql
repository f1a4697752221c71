-- Refuses a state in which nobody active administers this source. No race: whoever takes a role or closes an account holds
-- the ledger's lock until commit, and what is asked here, after it was won, sees what the one before committed.
CREATE FUNCTION admin_remains(on_source text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM source_role sr JOIN governance_user u ON u.id = sr.user_id AND u.is_active
    WHERE sr.source = on_source AND sr.role = 'admin') THEN
    RAISE check_violation USING
      MESSAGE = format('%s would have no administrator left', on_source), CONSTRAINT = 'admin_remains';
  END IF;
END $$;
