-- The expression that names what keeps a row out, NULL for a good one. `i` has the row's columns (all but
-- payload and detected_at as text), `read` its payload as jsonb and its detected_at as an instant, both NULL
-- where they cannot be read. Depth and digits are looked for only in a text that has that many brackets or
-- digits; what is deeper or longer than this no page and no other reader of JSON is sure to take.
CASE
  WHEN coalesce(i.check_code, '') !~ '[^[:space:]\u00A0\u2007\u202F\u200B\uFEFF]' THEN 'check_code is missing'
  WHEN length(i.check_code) > 200 THEN 'check_code is longer than 200 characters'
  WHEN i.severity IS NULL THEN 'severity is missing'
  WHEN i.severity NOT IN ('CRITICAL', 'WARN', 'INFO') THEN 'severity is unknown'
  WHEN coalesce(i.entity_type, '') !~ '[^[:space:]\u00A0\u2007\u202F\u200B\uFEFF]' THEN 'entity_type is missing'
  WHEN coalesce(i.entity_id, '') !~ '[^[:space:]\u00A0\u2007\u202F\u200B\uFEFF]' THEN 'entity_id is missing'
  WHEN length(i.entity_type) > 200 OR length(i.entity_id) > 200 THEN
    'entity_type or entity_id is longer than 200 characters'
  WHEN coalesce(i.message, '') !~ '[^[:space:]\u00A0\u2007\u202F\u200B\uFEFF]' THEN 'message is missing'
  WHEN length(i.message) > {message_limit} THEN 'message is longer than ' || {message_limit} || ' characters'
  WHEN i.payload IS NULL THEN 'payload is missing'
  WHEN octet_length(i.payload::text) > {payload_limit} THEN 'payload is longer than ' || {payload_limit} || ' bytes'
  WHEN read.payload IS NULL THEN 'payload is not valid jsonb'
  WHEN jsonb_typeof(read.payload) <> 'object' THEN 'payload is not an object'
  WHEN length(i.payload::text) - length(translate(i.payload::text, '{{[', '')) > 32
       AND jsonb_path_exists(read.payload, 'strict $.**{{33}}') THEN 'payload is deeper than 32 levels'
  WHEN i.payload::text ~ '[0-9.]{{255}}'
       AND EXISTS (SELECT FROM jsonb_path_query(read.payload, 'strict $.** ? (@.type() == "number")') AS n
                   WHERE length(n::text) > 300) THEN 'payload has a number of more than 300 digits'
  WHEN i.detected_at IS NULL THEN 'detected_at is missing'
  WHEN read.detected_at IS NULL THEN 'detected_at is not an instant'
END
