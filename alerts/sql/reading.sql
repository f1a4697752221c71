-- Small functions that read what a source sent: none may fail on bad data.

CREATE FUNCTION alert_severity_rank(severity text) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE severity WHEN 'CRITICAL' THEN 0 WHEN 'WARN' THEN 1 WHEN 'INFO' THEN 2 END;

-- The text as jsonb, or NULL where it is none (a source may send json that jsonb refuses, such as \u0000).
CREATE FUNCTION alert_jsonb_or_null(value text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN value::jsonb;
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $$;

-- The named keys of a payload; of each payload, where several findings share one identity.
CREATE FUNCTION alert_material(payload jsonb, keys text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN keys IS NULL OR keys = '{}' THEN '{}'::jsonb
    WHEN jsonb_typeof(payload) = 'array' THEN
      (SELECT coalesce(jsonb_agg(alert_material(part, keys) ORDER BY place), '[]')
       FROM jsonb_array_elements(payload) WITH ORDINALITY AS parts (part, place))
    ELSE
      (SELECT coalesce(jsonb_object_agg(key, value), '{}')
       FROM jsonb_each(payload) WHERE key = ANY (keys))
  END
$$;

-- What free text search looks at: message, code, entity, and every value of the payload (not its keys).
CREATE FUNCTION alert_search_text(
  check_code text, entity_type text, entity_id text, message text, payload jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT lower(concat_ws(E'\n', message, check_code, entity_type, entity_id,
    (SELECT string_agg(value #>> '{}', E'\n')
     FROM jsonb_path_query(payload, 'strict $.** ? (@.type() != "object" && @.type() != "array")')
       AS value)))
$$;
