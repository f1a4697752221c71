-- What happens without a row of a table changing (an export, a sign-in, a verification) is noted by the
-- program itself: what ledger_action lists, and nothing else.
CREATE FUNCTION ledger_note(
  source text, subject_type text, subject_id text, check_code text, action text, details jsonb
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM ledger_action_check(action, subject_type, source);
  PERFORM ledger_note_fits(concat(subject_id, check_code, source), details);
  -- What people note is exports.
  IF governance_user_id() IS NOT NULL AND details - '{selection,first_seq,last_seq}'::text[] <> '{}' THEN
    RAISE insufficient_privilege USING MESSAGE = 'an export tells its selection and its numbers, and no more';
  END IF;
  RETURN ledger_append(ARRAY[
    ROW(source, subject_type, subject_id, check_code, action, NULL, details)::ledger_draft]);
END $$;
