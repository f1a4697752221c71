-- What people say about an alert: written once, by somebody who may comment on the alert's source, seen
-- by whoever sees the alert; each leaves one ledger entry in the alert's own record.

-- 4 000 characters, and not only blanks.
ALTER TABLE alert_comment ADD CONSTRAINT alert_comment_says_something
  CHECK (char_length(body) <= 4000 AND body ~ '\S');

-- The head of the ledger first, as every writer does (see workflow.sql).
CREATE FUNCTION alert_comment_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'a comment is never changed or deleted' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF governance_user_id() IS NULL THEN
    RAISE EXCEPTION 'nobody is acting: only a person comments' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM ledger_lock();
  RETURN NULL;
END $$;

-- Author, time and source come from the session and the alert, never from the statement. Source and
-- `concerns` never change for an alert, so the comment keeps them and its policies need no join.
CREATE FUNCTION alert_comment_signed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  SELECT a.source, a.concerns INTO NEW.source, NEW.concerns FROM system_alerts AS a WHERE a.id = NEW.alert_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no such alert' USING ERRCODE = 'insufficient_privilege';
  END IF;
  NEW.author := governance_user_id();
  NEW.at := statement_timestamp();
  RETURN NEW;
END $$;

CREATE FUNCTION alert_comment_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  drafts ledger_draft[];
BEGIN
  SELECT array_agg(
    ROW(n.concerns, 'alert', n.alert_id::text, a.check_code, 'alert.comment', NULL,
        jsonb_build_object('comment', n.id, 'body', n.body))::ledger_draft ORDER BY n.at, n.id)
  INTO drafts FROM newtab AS n JOIN system_alerts AS a ON a.id = n.alert_id;
  IF drafts IS NOT NULL THEN
    PERFORM ledger_append(drafts);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON alert_comment
  FOR EACH STATEMENT EXECUTE FUNCTION alert_comment_guard();
CREATE TRIGGER b_signed BEFORE INSERT ON alert_comment
  FOR EACH ROW EXECUTE FUNCTION alert_comment_signed();
CREATE TRIGGER z_record AFTER INSERT ON alert_comment REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION alert_comment_record();

ALTER TABLE alert_comment ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert_comment FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON alert_comment FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON alert_comment FOR SELECT
  USING (concerns = ANY ((SELECT governance_sources('view_integrity'))::text[]));
CREATE POLICY said ON alert_comment FOR INSERT
  WITH CHECK (source = ANY ((SELECT governance_sources('comment'))::text[]));
