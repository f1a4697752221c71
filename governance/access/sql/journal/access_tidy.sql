-- Give the refusals that were counted and never told a line, forget the counts of minutes that are over, and what is
-- older than 90 days; how many lines were forgotten.
CREATE FUNCTION access_tidy() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  forgotten bigint;
BEGIN
  INSERT INTO access_event (at, kind, address, merged)
  SELECT b.since, b.kind, b.address, least(b.unsaid - 1, 2147483647)
  FROM access_burst AS b
  WHERE b.seen > 20 AND b.unsaid > 0 AND b.since < clock_timestamp() - interval '1 hour'
  ORDER BY b.unsaid DESC LIMIT 1000;
  DELETE FROM access_burst WHERE since < clock_timestamp() - interval '1 hour';
  DELETE FROM access_event WHERE at < clock_timestamp() - interval '90 days';
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN forgotten;
END $$;
