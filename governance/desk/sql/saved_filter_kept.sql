-- What people keep without an entry in the ledger is little, and kept by who has an open account and a role: the
-- page counts as well (alerts/saved.py), and this holds for every other statement.
-- Filters: a hundred of one person's, each as long as an address may be.
CREATE FUNCTION saved_filter_kept() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF governance_own_sources('view_integrity') = '{}' THEN
    RAISE insufficient_privilege USING MESSAGE = 'who sees nothing keeps no filter';
  END IF;
  IF char_length(NEW.query) > 4000 THEN
    RAISE check_violation USING MESSAGE = 'a filter has at most 4000 characters';
  END IF;
  IF TG_OP = 'INSERT' AND (SELECT count(*) FROM saved_filter WHERE owner_id = NEW.owner_id) >= 100 THEN
    RAISE check_violation USING MESSAGE = 'a person keeps at most 100 filters';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER b_kept BEFORE INSERT OR UPDATE ON saved_filter
  FOR EACH ROW EXECUTE FUNCTION saved_filter_kept();
