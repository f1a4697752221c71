-- One row per identity: several rows with one identity are one finding with occurrences, the worst
-- severity, and a list of payloads, the first ones up to what one payload may have. Each beside the alert it belongs to, with what is to be done.
CREATE TEMPORARY TABLE finding ON COMMIT DROP AS
WITH good AS (
  SELECT * FROM checked WHERE fault IS NULL
), twice AS MATERIALIZED (
  SELECT check_code, entity_type, entity_id FROM good GROUP BY 1, 2, 3 HAVING count(*) > 1
), single AS (
  SELECT * FROM good AS g
  WHERE NOT EXISTS (
    SELECT FROM twice AS t
    WHERE t.check_code = g.check_code AND t.entity_type = g.entity_type AND t.entity_id = g.entity_id)
), grouped AS (
  SELECT check_code, entity_type, entity_id, alert_severity_rank(severity) AS severity_rank,
         message, payload, 1 AS occurrences, detected_at
  FROM single
  UNION ALL
  SELECT check_code, entity_type, entity_id,
         min(alert_severity_rank(severity)),
         (array_agg(message ORDER BY alert_severity_rank(severity), message))[1],
         jsonb_agg(payload ORDER BY line) FILTER (WHERE line = 1 OR size <= %(payload_limit)s),
         count(*)::int,
         min(detected_at)
  FROM (
    SELECT *, row_number() OVER same AS line, sum(octet_length(payload::text)) OVER same AS size
    FROM good JOIN twice USING (check_code, entity_type, entity_id)
    WINDOW same AS (PARTITION BY check_code, entity_type, entity_id
                    ORDER BY alert_severity_rank(severity), payload::text ROWS UNBOUNDED PRECEDING)
  ) AS several
  GROUP BY check_code, entity_type, entity_id
), material AS MATERIALIZED (
  SELECT code AS check_code, ARRAY(SELECT jsonb_array_elements_text(keys)) AS keys
  FROM jsonb_each(%(material)s::jsonb) AS m (code, keys)
), seen AS (
  SELECT g.*,
         (ARRAY['CRITICAL', 'WARN', 'INFO'])[g.severity_rank + 1] AS severity,
         -- As alert_material says, without calling it where there is one payload or nothing to look for.
         CASE WHEN m.keys IS NULL OR m.keys = '{}' THEN '{}'::jsonb
              WHEN g.occurrences = 1 THEN
                (SELECT coalesce(jsonb_object_agg(key, value), '{}')
                 FROM jsonb_each(g.payload) WHERE key = ANY (m.keys))
              ELSE alert_material(g.payload, m.keys) END AS material,
         %(versions)s::jsonb ->> g.check_code AS rule_version,
         -- An instant that is all but the reading's own is the view's clock, not the data's.
         g.detected_at <= %(taken_at)s::timestamptz - %(nearly)s::interval AS dated_by_data
  FROM grouped AS g LEFT JOIN material AS m USING (check_code)
), decided AS MATERIALIZED (
  -- Resolved by somebody after this reading began: an older reading says nothing against that.
  SELECT subject_id::uuid AS alert_id FROM ledger_entry
  WHERE seq > %(since)s AND subject_type = 'alert' AND action = 'alert.resolve'
  UNION
  SELECT p.subject_id::uuid FROM ledger_pending AS p JOIN ledger_batch AS b ON b.id = p.batch_id
  WHERE b.first_seq + p.number > %(since)s + 1 AND p.subject_type = 'alert' AND p.action = 'alert.resolve'
)
SELECT s.*, a.id AS alert_id, a.version AS alert_version,
       a.dated_by_data AND s.detected_at <> a.first_detected_at AS moved,
       CASE
         WHEN a.id IS NULL THEN 'open'
         WHEN a.status = 'RESOLVED' AND a.id IN (SELECT alert_id FROM decided) THEN 'decided'
         WHEN a.status = 'RESOLVED' AND a.resolution_decision IN ('ACCEPTE', 'LITIGE')
              AND a.accepted_until >= (%(taken_at)s::timestamptz AT TIME ZONE %(zone)s)::date
              AND s.severity_rank >= a.severity_rank AND s.material = a.material THEN 'accepted'
         WHEN a.status = 'RESOLVED' AND a.resolved_by IS NOT NULL AND a.absent_at IS NULL THEN 'contradict'
         WHEN a.status = 'RESOLVED' THEN 'reopen'
         WHEN a.status = 'ACK' AND (s.severity_rank < alert_severity_rank(a.acknowledged_severity)
                                    OR s.material <> a.acknowledged_material) THEN 'lapse'
         WHEN (a.severity, a.message, a.payload, a.occurrences, a.material, a.rule_version)
              IS DISTINCT FROM
              (s.severity, s.message, s.payload, s.occurrences, s.material, s.rule_version)
              OR a.dated_by_data AND s.detected_at <> a.first_detected_at THEN 'change'
         ELSE 'same'
       END AS verdict
FROM seen AS s
LEFT JOIN system_alerts AS a
  ON a.source = %(source)s AND a.check_code = s.check_code
  AND a.entity_type = s.entity_type AND a.entity_id = s.entity_id
