-- What a review withdraws is gone with its signature, by the reviewer's own right to withdraw it.
CREATE FUNCTION access_review_withdraw() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  DELETE FROM source_role AS r USING jsonb_to_recordset(NEW.lines) AS l(person uuid, decision text)
  WHERE r.source = NEW.source AND r.user_id = l.person AND l.decision = 'withdraw';
  RETURN NULL;
END $$;

CREATE TRIGGER y_withdraw AFTER INSERT ON access_review
  FOR EACH ROW EXECUTE FUNCTION access_review_withdraw();
ALTER TABLE access_review ENABLE ALWAYS TRIGGER y_withdraw;
