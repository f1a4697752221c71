-- False when a new key is taken already, or when the session to change is gone. Anybody may bring one, so it is
-- small, and ends.
CREATE FUNCTION session_write(wanted text, content text, expires timestamptz, is_new boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF octet_length(content) > 100000 OR expires > statement_timestamp() + interval '400 days' THEN
    RAISE check_violation USING MESSAGE = 'a session has at most 100 KB and lasts at most 400 days';
  END IF;
  IF is_new THEN
    INSERT INTO django_session (session_key, session_data, expire_date) VALUES (wanted, content, expires)
    ON CONFLICT DO NOTHING;
  ELSE
    UPDATE django_session SET session_data = content, expire_date = expires WHERE session_key = wanted;
  END IF;
  RETURN FOUND;
END $$;
