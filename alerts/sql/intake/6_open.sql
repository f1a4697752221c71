-- New identities: episode 1, OPEN.
INSERT INTO system_alerts (
  id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material,
  rule_version, dated_by_data, status, episode, version, first_detected_at, last_detected_at, created_at, updated_at)
SELECT gen_random_uuid(), %(source)s, check_code, severity, entity_type, entity_id, message, payload,
       occurrences, material, rule_version, dated_by_data, 'OPEN', 1, 1,
       CASE WHEN dated_by_data THEN detected_at ELSE %(taken_at)s END, %(taken_at)s, %(taken_at)s, %(taken_at)s
FROM finding
WHERE verdict = 'open' AND ctid BETWEEN %(first)s::tid AND %(last)s::tid
