-- Whatever the statement says, a summary says what the database finds of that source and day. Nothing younger than a week
-- is thinned, whatever is configured: people still ask about it. `rows_hash`: SHA-256 over the hashes of the thinned scans'
-- entries in the ledger, in the order of the scans, in hexadecimal, each with a line feed; `kept`: the numbers between the
-- first and the last that were not thinned. With both, whoever holds an export can compute it again.
CREATE FUNCTION scan_summary_computed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
  PERFORM trigger_serves('public.scan_summary', TG_RELID);
  IF NEW.day > current_date - 7 THEN
    RAISE check_violation USING MESSAGE = 'a day of this week is not thinned';
  END IF;
  SELECT count(*), min(q.number), max(q.number), min(q.started_at), max(q.finished_at),
    encode(sha256(convert_to(string_agg(encode(q.entry_hash, 'hex') || E'\n', '' ORDER BY q.number), 'UTF8')), 'hex')
  INTO NEW.scans, NEW.first_number, NEW.last_number, NEW.first_at, NEW.last_at, NEW.rows_hash
  FROM scans_quiet(NEW.source, NEW.day) AS q;
  IF NEW.scans = 0 THEN
    RAISE check_violation USING MESSAGE = 'nothing of that day is to be thinned';
  END IF;
  SELECT coalesce(jsonb_agg(s.number ORDER BY s.number), '[]') INTO NEW.kept
  FROM integrity_scan AS s
  WHERE s.source = NEW.source AND s.number BETWEEN NEW.first_number AND NEW.last_number
    AND NOT EXISTS (SELECT FROM scans_quiet(NEW.source, NEW.day) AS q WHERE q.number = s.number);
  NEW.thinned_at := statement_timestamp();
  RETURN NEW;
END $$;

CREATE TRIGGER b_computed BEFORE INSERT ON scan_summary
  FOR EACH ROW EXECUTE FUNCTION scan_summary_computed();
ALTER TABLE scan_summary ENABLE ALWAYS TRIGGER b_computed;
