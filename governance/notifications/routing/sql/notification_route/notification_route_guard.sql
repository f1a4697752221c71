-- A row of the routing is added or removed, so that the ledger tells each. Its head first, as every writer does.
CREATE FUNCTION notification_route_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP IN ('UPDATE', 'TRUNCATE') THEN
    RAISE EXCEPTION 'a row of the routing is never changed: remove it and add another'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM ledger_lock();
  RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON notification_route
  FOR EACH STATEMENT EXECUTE FUNCTION notification_route_guard();
