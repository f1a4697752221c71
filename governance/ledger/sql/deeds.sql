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

-- ledger_note (note.sql) again, by the list.
CREATE OR REPLACE FUNCTION ledger_note(
  source text, subject_type text, subject_id text, check_code text, action text, details jsonb
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM ledger_deed_check(action, subject_type, source);
  RETURN ledger_append(ARRAY[
    ROW(source, subject_type, subject_id, check_code, action, NULL, details)::ledger_draft]);
END $$;
