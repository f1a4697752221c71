-- Forget what neither counts nor makes anybody known any more.
CREATE FUNCTION sign_in_tidy() RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  DELETE FROM sign_in_count
  WHERE since < clock_timestamp() - interval '1 day'
    AND coalesce(good_at, '-infinity') < clock_timestamp() - interval '30 days'
$$;
