-- Each other row with the fault that keeps it out, if any. A row that breaks the contract is set aside;
-- the others go on. Depth and digits are looked for only in a text that has that many brackets or digits;
-- what is deeper or longer than this no page and no other reader of JSON is sure to take.
CREATE TEMPORARY TABLE checked ON COMMIT DROP AS
SELECT i.check_code, i.severity, i.entity_type, i.entity_id, i.message, read.payload,
       least(read.detected_at, %(taken_at)s::timestamptz) AS detected_at,
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
         WHEN length(i.message) > %(message_limit)s THEN 'message is longer than %(message_limit)s characters'
         WHEN i.payload IS NULL THEN 'payload is missing'
         WHEN octet_length(i.payload::text) > %(payload_limit)s THEN 'payload is longer than %(payload_limit)s bytes'
         WHEN read.payload IS NULL THEN 'payload is not valid jsonb'
         WHEN jsonb_typeof(read.payload) <> 'object' THEN 'payload is not an object'
         WHEN length(i.payload::text) - length(translate(i.payload::text, '{[', '')) > 32
              AND jsonb_path_exists(read.payload, 'strict $.**{33}') THEN 'payload is deeper than 32 levels'
         WHEN i.payload::text ~ '[0-9.]{255}'
              AND EXISTS (SELECT FROM jsonb_path_query(read.payload, 'strict $.** ? (@.type() == "number")') AS n
                          WHERE length(n::text) > 300) THEN 'payload has a number of more than 300 digits'
         WHEN i.detected_at IS NULL THEN 'detected_at is missing'
         WHEN read.detected_at IS NULL THEN 'detected_at is not an instant'
       END AS fault
FROM incoming AS i
CROSS JOIN LATERAL (
  SELECT CASE WHEN octet_length(i.payload) <= %(payload_limit)s THEN alert_jsonb_or_null(i.payload) END AS payload,
         -- the view's column is a timestamptz, so this cast can only meet its infinities
         CASE WHEN i.detected_at NOT IN ('infinity', '-infinity') AND i.detected_at NOT LIKE '%%BC'
              THEN i.detected_at::timestamptz END AS detected_at
) AS read
WHERE NOT EXISTS (SELECT FROM known AS k WHERE k.line = i.ctid)
