-- Count one try under each key, in their order, before anything is checked; how many seconds to wait when one
-- of them is over its limit, else 0. The row's lock makes parallel tries queue, so none slips past. A try that
-- is refused is not counted under the keys that follow: who is stopped at the first limit cannot use up an
-- account's. When the first key succeeded within 30 days, the others do not bind it.
CREATE FUNCTION sign_in_try(counted text[], most integer[], within integer[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  instant constant timestamptz := clock_timestamp();
  entry sign_in_count;
  ends timestamptz;
BEGIN
  FOR n IN 1 .. cardinality(counted) LOOP
    INSERT INTO sign_in_count AS c (key, since, tries)
    VALUES (sha256(convert_to(counted[n], 'UTF8')), instant, 1)
    ON CONFLICT (key) DO UPDATE SET
      tries = CASE WHEN c.since + make_interval(secs => within[n]) > instant THEN c.tries + 1 ELSE 1 END,
      since = CASE WHEN c.since + make_interval(secs => within[n]) > instant THEN c.since ELSE instant END
    RETURNING c.* INTO entry;
    IF entry.tries > most[n] THEN
      ends := entry.since + make_interval(secs => within[n]);
      RETURN greatest(ceil(extract(epoch FROM ends - instant))::integer, 1);
    END IF;
    EXIT WHEN n = 1 AND entry.good_at > instant - interval '30 days';
  END LOOP;
  RETURN 0;
END $$;
