-- Each decision is an entry about the person, and the signature is one about the review.
CREATE FUNCTION access_review_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  drafts ledger_draft[];
BEGIN
  PERFORM trigger_serves('public.access_review', TG_RELID);
  IF EXISTS (SELECT FROM newtab WHERE reviewer IS DISTINCT FROM governance_user_id()) THEN
    RAISE insufficient_privilege USING MESSAGE = 'nobody signs for somebody else';
  END IF;
  SELECT array_agg(draft ORDER BY review, place, name) INTO drafts FROM (
    SELECT n.id AS review, 1 AS place, u.username AS name,
      ROW(n.source, 'user', line ->> 'person', NULL, 'review.' || (line ->> 'decision'), NULL,
          (line - '{person,decision}'::text[]) || jsonb_build_object('username', u.username, 'review', n.id)
      )::ledger_draft AS draft
    FROM newtab AS n CROSS JOIN jsonb_array_elements(n.lines) AS line
    LEFT JOIN governance_user AS u ON u.id = (line ->> 'person')::uuid
    UNION ALL
    SELECT n.id, 2, '',
      ROW(n.source, 'review', n.id::text, NULL, 'review.sign', NULL, (
        SELECT jsonb_build_object('confirmed', count(*) FILTER (WHERE line ->> 'decision' = 'confirm'),
                                  'withdrawn', count(*) FILTER (WHERE line ->> 'decision' = 'withdraw'))
        FROM jsonb_array_elements(n.lines) AS line))::ledger_draft
    FROM newtab AS n) AS every;
  PERFORM ledger_append(drafts);
  RETURN NULL;
END $$;

CREATE TRIGGER z_record AFTER INSERT ON access_review REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION access_review_record();
