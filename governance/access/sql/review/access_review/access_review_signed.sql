-- Signed by who acts, at the instant of its entries (a former one, which nobody signs here, keeps its day). It speaks once of every role that is held on the source now, and
-- says why where it withdraws one. Nobody withdraws their own: there would be nobody left who answers for it.
CREATE FUNCTION access_review_signed() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  NEW.reviewer := governance_user_id();
  NEW.at := CASE WHEN NEW.reviewer IS NULL THEN least(NEW.at, ledger_lock())
    ELSE greatest(ledger_lock(), statement_timestamp()) END;
  IF NEW.reviewer IS NOT NULL AND NEW.source <> ALL (governance_own_sources('administer')) THEN
    RAISE insufficient_privilege USING MESSAGE = 'only who administers a source reviews its roles';
  END IF;
  IF jsonb_typeof(NEW.lines) <> 'array' OR pg_column_size(NEW.lines) > 1000000 THEN
    RAISE check_violation USING MESSAGE = 'a review is a list of decisions';
  END IF;
  IF EXISTS (
    SELECT FROM jsonb_to_recordset(NEW.lines) AS l(person uuid, decision text, note text)
    WHERE coalesce(l.decision, '') NOT IN ('confirm', 'withdraw')
       OR char_length(coalesce(l.note, '')) > 500
       OR l.decision = 'withdraw' AND (btrim(coalesce(l.note, '')) = '' OR l.person = NEW.reviewer)) THEN
    RAISE check_violation USING
      MESSAGE = 'a role is confirmed, or withdrawn with a note of at most 500 characters by somebody else';
  END IF;
  IF (SELECT array_agg((l.person, l.role)::text ORDER BY l.person, l.role)
      FROM jsonb_to_recordset(NEW.lines) AS l(person uuid, role text))
     IS DISTINCT FROM
     (SELECT array_agg((r.user_id, r.role)::text ORDER BY r.user_id, r.role)
      FROM source_role AS r WHERE r.source = NEW.source) THEN
    RAISE check_violation USING MESSAGE = 'a review decides on every role that is held now, and on no other';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER b_signed BEFORE INSERT ON access_review
  FOR EACH ROW EXECUTE FUNCTION access_review_signed();
ALTER TABLE access_review ENABLE ALWAYS TRIGGER b_signed;
