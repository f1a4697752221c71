-- Refuses what nobody could read again: an entry is for ever. A few bytes may hold numbers of a hundred thousand
-- digits, so these are looked at before any of it is written out.
CREATE FUNCTION ledger_note_fits(about text, details jsonb) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  most constant integer := 65536;  -- bytes
  fits boolean;
BEGIN
  -- One after the other: a planner may compute the parts of one expression beforehand.
  fits := octet_length(about) <= 1000 AND pg_column_size(details) <= most;
  IF fits THEN
    fits := NOT EXISTS (
      SELECT FROM jsonb_path_query(details, 'strict $.** ? (@.type() == "number")') AS one
      WHERE scale(one::numeric) > 300 OR abs(one::numeric) > 1e300::numeric);
  END IF;
  IF fits THEN
    fits := octet_length(details::text) <= most;
  END IF;
  IF NOT fits THEN
    RAISE check_violation USING MESSAGE = 'an entry that is noted has at most 64 KB, and numbers 300 digits';
  END IF;
END $$;
