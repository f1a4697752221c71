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
