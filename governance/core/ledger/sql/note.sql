-- What happens without a row of a table changing (an export, a sign-in, a verification) is noted by the
-- program itself. It may not note in the name of tables whose triggers write, nor about a source that
-- the acting person does not hold.
CREATE FUNCTION ledger_note(
  source text, subject_type text, subject_id text, check_code text, action text, details jsonb
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF subject_type IN ('alert', 'comment', 'user', 'delegation') THEN
    RAISE insufficient_privilege USING
      MESSAGE = format('an entry about %L is written by the trigger of its table only', subject_type);
  END IF;
  IF governance_user_id() IS NOT NULL AND source IS NOT NULL
     AND source <> ALL (governance_sources('view_integrity')) THEN
    RAISE insufficient_privilege USING
      MESSAGE = 'this person holds no role on the source that the entry names';
  END IF;
  RETURN ledger_append(ARRAY[
    ROW(source, subject_type, subject_id, check_code, action, NULL, details)::ledger_draft]);
END $$;
