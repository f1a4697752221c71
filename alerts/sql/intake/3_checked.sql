-- Each other row with the fault that keeps it out, if any (fault.sql). A row that breaks the contract is set
-- aside; the others go on. How its payload is read as jsonb is put in: see Snapshot._check.
CREATE TEMPORARY TABLE checked ON COMMIT DROP AS
SELECT i.check_code, i.severity, i.entity_type, i.entity_id, i.message, read.payload,
       least(read.detected_at, %(taken_at)s::timestamptz) AS detected_at,
       {fault} AS fault
FROM incoming AS i
CROSS JOIN LATERAL (
  SELECT CASE WHEN octet_length(i.payload) <= %(payload_limit)s THEN {payload} END AS payload,
         -- the view's column is a timestamptz, so this cast can only meet its infinities
         CASE WHEN i.detected_at NOT IN ('infinity', '-infinity') AND i.detected_at NOT LIKE '%%BC'
              THEN i.detected_at::timestamptz END AS detected_at
) AS read
WHERE NOT EXISTS (SELECT FROM known AS k WHERE k.line = i.ctid)
