-- One row per identity: several rows with one identity are one finding with occurrences, the worst
-- severity, and a list of payloads. Each beside the alert it belongs to, with what is to be done.
CREATE TEMPORARY TABLE finding ON COMMIT DROP AS
WITH grouped AS (
  SELECT check_code, entity_type, entity_id,
         min(alert_severity_rank(severity)) AS severity_rank,
         (array_agg(message ORDER BY alert_severity_rank(severity), message))[1] AS message,
         CASE count(*) WHEN 1 THEN (array_agg(payload))[1]
              ELSE jsonb_agg(payload ORDER BY alert_severity_rank(severity), payload::text) END AS payload,
         count(*)::int AS occurrences,
         min(detected_at) AS detected_at
  FROM checked
  WHERE fault IS NULL
  GROUP BY check_code, entity_type, entity_id
), seen AS (
  SELECT g.*,
         (ARRAY['CRITICAL', 'WARN', 'INFO'])[g.severity_rank + 1] AS severity,
         alert_material(g.payload, ARRAY(
           SELECT jsonb_array_elements_text(%(material)s::jsonb -> g.check_code))) AS material,
         %(versions)s::jsonb ->> g.check_code AS rule_version
  FROM grouped AS g
)
SELECT s.*, a.id AS alert_id,
       CASE
         WHEN a.id IS NULL THEN 'open'
         WHEN a.status = 'RESOLVED' AND a.resolution_decision = 'ACCEPTE'
              AND a.accepted_until >= %(taken_at)s::date
              AND s.severity_rank >= a.severity_rank AND s.material = a.material THEN 'accepted'
         WHEN a.status = 'RESOLVED' THEN 'reopen'
         WHEN a.status = 'ACK' AND (s.severity_rank < alert_severity_rank(a.acknowledged_severity)
                                    OR s.material <> a.acknowledged_material) THEN 'lapse'
         WHEN (a.severity, a.message, a.payload, a.occurrences, a.material, a.rule_version)
              IS DISTINCT FROM
              (s.severity, s.message, s.payload, s.occurrences, s.material, s.rule_version) THEN 'change'
         ELSE 'same'
       END AS verdict
FROM seen AS s
LEFT JOIN system_alerts AS a
  ON a.source = %(source)s AND a.check_code = s.check_code
  AND a.entity_type = s.entity_type AND a.entity_id = s.entity_id
