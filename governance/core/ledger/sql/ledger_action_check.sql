-- Refuses whoever may not note this: ledger_action holds each action that the program notes, what its entry is about, and
-- the one identity of the machine that computes it or the permission that a person needs on the entry's source. `migrate`
-- fills it from what the rooms say (capability.py); an action that is not there is nobody's to note. The triggers that enter what a scan
-- or a proof found ask it as well.
CREATE FUNCTION ledger_action_check(noted text, about text, on_source text) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  declared ledger_action;
  held text[];
BEGIN
  SELECT * INTO declared FROM ledger_action WHERE action = noted AND subject_type = about;
  IF declared.system <> '' AND governance_user_id() IS NULL AND governance_system() = declared.system THEN
    RETURN;
  END IF;
  IF declared.permission <> '' AND governance_user_id() IS NOT NULL THEN
    held := governance_sources(declared.permission);
    -- An entry of no source concerns the console, as in the policy of ledger_entry.
    IF coalesce(on_source, 'console') = ANY (held) THEN
      RETURN;
    END IF;
  END IF;
  RAISE insufficient_privilege USING MESSAGE = format('%L about %L is not theirs to note', noted, about);
END $$;
