-- Note a refusal, by the machine as `journal`. A flood fills no disk: of an address and a kind the first 20 within a minute
-- get a line each, then the one that doubles their number, and all addresses together get 200 lines a minute. What
-- has no line is counted, and the next line of that kind and address tells it (`merged`). Below `quiet` a minute it is
-- nothing to note: a mistyped address is no probe.
CREATE FUNCTION access_note(kind text, person uuid, address text, agent text, method text, path text, status integer,
  request_id text, times integer, quiet integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  instant constant timestamptz := clock_timestamp();
  minute constant interval := '1 minute';
  burst access_burst;
  lines bigint;
BEGIN
  IF governance_system() IS DISTINCT FROM 'journal' THEN
    RAISE insufficient_privilege USING MESSAGE = 'only the machine notes refusals, as journal';
  END IF;
  INSERT INTO access_burst AS b (address, kind, since, seen, unsaid)
  VALUES (access_note.address, access_note.kind, instant, times, times)
  ON CONFLICT ON CONSTRAINT access_burst_pkey DO UPDATE SET
    since = CASE WHEN b.since + minute > instant THEN b.since ELSE instant END,
    seen = CASE WHEN b.since + minute > instant THEN b.seen ELSE 0 END + times,
    unsaid = CASE WHEN b.since + minute > instant OR b.seen > quiet THEN b.unsaid ELSE 0 END + times
  RETURNING b.* INTO burst;
  IF burst.seen <= quiet
     OR burst.seen - quiet > 20 AND floor(log(2, burst.seen)) = floor(log(2, greatest(burst.seen - times, 1))) THEN
    RETURN false;
  END IF;
  INSERT INTO access_burst AS b (address, kind, since, seen, unsaid) VALUES ('', '', instant, 1, 0)
  ON CONFLICT ON CONSTRAINT access_burst_pkey DO UPDATE SET
    since = CASE WHEN b.since + minute > instant THEN b.since ELSE instant END,
    seen = CASE WHEN b.since + minute > instant THEN b.seen ELSE 0 END + 1
  RETURNING b.seen INTO lines;
  IF lines > 200 THEN
    RETURN false;
  END IF;
  INSERT INTO access_event (at, kind, person, address, agent, method, path, status, request_id, merged)
  VALUES (instant, access_note.kind, access_note.person, access_note.address, access_note.agent, access_note.method,
    access_note.path, access_note.status, access_note.request_id, least(burst.unsaid - 1, 2147483647));
  UPDATE access_burst AS b SET unsaid = 0
  WHERE (b.address, b.kind) = (access_note.address, access_note.kind);
  RETURN true;
END $$;
