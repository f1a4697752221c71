-- Who may note what: ledger_deed holds each action that the program notes, what its entry is about, and the one
-- identity of the machine that computes it or the permission that a person needs on the entry's source.
-- `migrate` fills it from governance/deeds.py. An action that is not there is nobody's to note.
ALTER TABLE ledger_deed ADD CONSTRAINT ledger_deed_of_machine_or_person
  CHECK ((system = '') <> (permission = ''));

-- Refuses whoever may not note this. The triggers that enter what a scan or a proof found ask it as well.
CREATE FUNCTION ledger_deed_check(noted text, about text, on_source text) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  deed ledger_deed;
  held text[];
BEGIN
  SELECT * INTO deed FROM ledger_deed WHERE action = noted AND subject_type = about;
  IF deed.system <> '' AND governance_user_id() IS NULL AND governance_system() = deed.system THEN
    RETURN;
  END IF;
  IF deed.permission <> '' AND governance_user_id() IS NOT NULL THEN
    held := governance_sources(deed.permission);
    -- An entry of no source concerns the console, as in visibility.sql.
    IF coalesce(on_source, 'console') = ANY (held) THEN
      RETURN;
    END IF;
  END IF;
  RAISE insufficient_privilege USING MESSAGE = format('%L about %L is not theirs to note', noted, about);
END $$;

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

-- ledger_note (note.sql) again, by the list.
CREATE OR REPLACE FUNCTION ledger_note(
  source text, subject_type text, subject_id text, check_code text, action text, details jsonb
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM ledger_deed_check(action, subject_type, source);
  PERFORM ledger_note_fits(concat(subject_id, check_code, source), details);
  -- What people note is exports.
  IF governance_user_id() IS NOT NULL AND details - '{selection,first_seq,last_seq}'::text[] <> '{}' THEN
    RAISE insufficient_privilege USING MESSAGE = 'an export tells its selection and its numbers, and no more';
  END IF;
  RETURN ledger_append(ARRAY[
    ROW(source, subject_type, subject_id, check_code, action, NULL, details)::ledger_draft]);
END $$;
