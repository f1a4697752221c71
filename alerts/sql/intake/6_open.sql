-- New identities: episode 1, OPEN.
INSERT INTO system_alerts (
  id, source, check_code, severity, entity_type, entity_id, message, payload, occurrences, material,
  rule_version, status, episode, version, first_detected_at, last_detected_at, created_at, updated_at)
SELECT gen_random_uuid(), %(source)s, check_code, severity, entity_type, entity_id, message, payload,
       occurrences, material, rule_version, 'OPEN', 1, 1, detected_at, %(taken_at)s, %(taken_at)s, %(taken_at)s
FROM finding
WHERE verdict = 'open'
