-- Take a step of the requests that are left under a key in its present window: how many (none when it is used up), and
-- after how many seconds the window ends. The row's lock makes those who take at the same instant queue, so together
-- they never have more than `most`. A step is at most an eighth of what is left: what one process takes and does not
-- use hardly stops another one early.
CREATE FUNCTION request_take(counted text, most integer, within integer, wanted integer,
  OUT granted integer, OUT ends_in double precision)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  instant constant timestamptz := clock_timestamp();
  length constant interval := make_interval(secs => within);
  first constant integer := least(wanted, (most + 7) / 8);
  began timestamptz;
BEGIN
  INSERT INTO request_count AS c (key, since, taken, step)
  VALUES (sha256(convert_to(counted, 'UTF8')), instant, first, first)
  ON CONFLICT (key) DO UPDATE SET
    since = CASE WHEN c.since + length > instant THEN c.since ELSE instant END,
    step = CASE WHEN c.since + length > instant THEN greatest(least(wanted, (most - c.taken + 7) / 8), 0) ELSE first END,
    taken = CASE WHEN c.since + length > instant
      THEN c.taken + greatest(least(wanted, (most - c.taken + 7) / 8), 0) ELSE first END
  RETURNING c.step, c.since INTO granted, began;
  ends_in := extract(epoch FROM began + length - instant);
END $$;
