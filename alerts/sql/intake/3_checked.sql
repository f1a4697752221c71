-- Each other row with the fault that keeps it out, if any. A row that breaks the contract is set aside;
-- the others go on.
CREATE TEMPORARY TABLE checked ON COMMIT DROP AS
SELECT i.check_code, i.severity, i.entity_type, i.entity_id, i.message, read.payload,
       least(read.detected_at, %(taken_at)s::timestamptz) AS detected_at,
       CASE
         WHEN coalesce(btrim(i.check_code), '') = '' THEN 'check_code is missing'
         WHEN length(i.check_code) > 200 THEN 'check_code is longer than 200 characters'
         WHEN i.severity IS NULL THEN 'severity is missing'
         WHEN i.severity NOT IN ('CRITICAL', 'WARN', 'INFO') THEN 'severity is unknown'
         WHEN coalesce(btrim(i.entity_type), '') = '' THEN 'entity_type is missing'
         WHEN coalesce(btrim(i.entity_id), '') = '' THEN 'entity_id is missing'
         WHEN length(i.entity_type) > 200 OR length(i.entity_id) > 200 THEN
           'entity_type or entity_id is longer than 200 characters'
         WHEN coalesce(btrim(i.message), '') = '' THEN 'message is missing'
         WHEN i.payload IS NULL THEN 'payload is missing'
         WHEN read.payload IS NULL THEN 'payload is not valid jsonb'
         WHEN jsonb_typeof(read.payload) <> 'object' THEN 'payload is not an object'
         WHEN i.detected_at IS NULL THEN 'detected_at is missing'
         WHEN read.detected_at IS NULL THEN 'detected_at is not an instant'
       END AS fault
FROM incoming AS i
CROSS JOIN LATERAL (
  SELECT alert_jsonb_or_null(i.payload) AS payload,
         -- the view's column is a timestamptz, so this cast can only meet its infinities
         CASE WHEN i.detected_at NOT IN ('infinity', '-infinity') AND i.detected_at NOT LIKE '%%BC'
              THEN i.detected_at::timestamptz END AS detected_at
) AS read
WHERE NOT EXISTS (SELECT FROM known AS k WHERE k.line = i.ctid)
