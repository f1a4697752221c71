-- A trigger function that runs with its owner's rights calls this first: it refuses every table but its own. On another
-- table it would record what never happened, and run what that table's column types bring along.
-- Nobody else may make a trigger of it (governance/core/identity/grants.py gives nobody EXECUTE); this holds if somebody can.
CREATE FUNCTION trigger_serves(served regclass, fired_on oid) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF fired_on IS DISTINCT FROM served THEN
    RAISE insufficient_privilege USING
      MESSAGE = format('this trigger serves %s and no other table', served);
  END IF;
END $$;
