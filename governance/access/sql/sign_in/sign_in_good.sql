-- The try succeeded: the first key starts anew and is known from now on, the others forget this one.
CREATE FUNCTION sign_in_good(counted text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  UPDATE sign_in_count SET tries = 0, good_at = clock_timestamp()
  WHERE key = sha256(convert_to(counted[1], 'UTF8'));
  UPDATE sign_in_count SET tries = greatest(tries - 1, 0)
  WHERE key = ANY (SELECT sha256(convert_to(one, 'UTF8')) FROM unnest(counted[2:]) AS one);
$$;
