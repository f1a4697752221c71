-- What names a person in a row stays: an id that moves is another person with the same rights.
CREATE FUNCTION identity_kept() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY TG_ARGV LOOP
    IF to_jsonb(NEW) -> kept IS DISTINCT FROM to_jsonb(OLD) -> kept THEN
      RAISE insufficient_privilege USING
        MESSAGE = format('%s.%s names a person and never changes', TG_TABLE_NAME, kept);
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

-- The last trigger before the row is written, so that no other can move an id after it looked. ALWAYS: the owner too.
CREATE TRIGGER zz_identity_kept BEFORE UPDATE ON governance_user
  FOR EACH ROW EXECUTE FUNCTION identity_kept('id');
CREATE TRIGGER zz_identity_kept BEFORE UPDATE ON source_role
  FOR EACH ROW EXECUTE FUNCTION identity_kept('id', 'user_id');
CREATE TRIGGER zz_identity_kept BEFORE UPDATE ON delegation
  FOR EACH ROW EXECUTE FUNCTION identity_kept('id', 'holder_id', 'granted_by');
CREATE TRIGGER zz_identity_kept BEFORE UPDATE ON account_emailaddress
  FOR EACH ROW EXECUTE FUNCTION identity_kept('id', 'user_id');
CREATE TRIGGER zz_identity_kept BEFORE UPDATE ON mfa_authenticator
  FOR EACH ROW EXECUTE FUNCTION identity_kept('id', 'user_id', 'type');
CREATE TRIGGER zz_identity_kept BEFORE UPDATE ON person_device
  FOR EACH ROW EXECUTE FUNCTION identity_kept('id', 'user_id', 'digest');
CREATE TRIGGER zz_identity_kept BEFORE UPDATE ON socialaccount_socialaccount
  FOR EACH ROW EXECUTE FUNCTION identity_kept('id', 'user_id', 'provider', 'uid');
ALTER TABLE governance_user ENABLE ALWAYS TRIGGER zz_identity_kept;
ALTER TABLE source_role ENABLE ALWAYS TRIGGER zz_identity_kept;
ALTER TABLE delegation ENABLE ALWAYS TRIGGER zz_identity_kept;
ALTER TABLE account_emailaddress ENABLE ALWAYS TRIGGER zz_identity_kept;
ALTER TABLE mfa_authenticator ENABLE ALWAYS TRIGGER zz_identity_kept;
ALTER TABLE person_device ENABLE ALWAYS TRIGGER zz_identity_kept;
ALTER TABLE socialaccount_socialaccount ENABLE ALWAYS TRIGGER zz_identity_kept;
