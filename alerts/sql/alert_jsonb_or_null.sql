-- The text as jsonb, or NULL where it is none (a source may send json that jsonb refuses, such as \u0000).
CREATE FUNCTION alert_jsonb_or_null(value text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN value::jsonb;
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $$;
