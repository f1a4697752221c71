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
