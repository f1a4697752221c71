-- What people keep without an entry in the ledger is little, and kept by who has an open account and a role: the
-- page counts as well (live.py), and this holds for every other statement.
-- Looks: none of a time to come, and no more than the limit per minute allows in the hour that they are remembered.
CREATE FUNCTION live_look_counted() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF governance_own_sources('view_integrity') = '{}' THEN
    RAISE insufficient_privilege USING MESSAGE = 'who sees nothing has nothing to look at';
  END IF;
  NEW.at := least(NEW.at, clock_timestamp());
  IF (SELECT count(*) FROM live_look WHERE person = NEW.person) >= 400 THEN
    RAISE check_violation USING MESSAGE = 'this person looked 400 times within the hour';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER b_counted BEFORE INSERT ON live_look
  FOR EACH ROW EXECUTE FUNCTION live_look_counted();
