-- A compared snapshot beside what is stored: one row per identity, differences first, then by urgency.
-- Reads the temporary tables of the snapshot; changes nothing.
SELECT c.mark, c.alert_id, c.check_code, c.entity_type, c.entity_id, c.was, c.now
FROM (
  SELECT CASE f.verdict WHEN 'open' THEN 'new' WHEN 'reopen' THEN 'back'
                        WHEN 'contradict' THEN 'back' WHEN 'decided' THEN 'accepted' WHEN 'lapse' THEN 'changed'
                        WHEN 'change' THEN 'changed' ELSE f.verdict END AS mark,
         a.id AS alert_id, f.check_code, f.entity_type, f.entity_id, f.severity_rank,
         CASE WHEN a.id IS NOT NULL THEN jsonb_build_object(
           'severity', a.severity, 'message', a.message, 'payload', a.payload,
           'occurrences', a.occurrences, 'rule_version', a.rule_version) END AS was,
         jsonb_build_object(
           'severity', f.severity, 'message', f.message, 'payload', f.payload,
           'occurrences', f.occurrences, 'rule_version', f.rule_version) AS now
  FROM finding AS f LEFT JOIN system_alerts AS a ON a.id = f.alert_id
  UNION ALL
  SELECT 'gone', a.id, a.check_code, a.entity_type, a.entity_id, a.severity_rank,
         jsonb_build_object(
           'severity', a.severity, 'message', a.message, 'payload', a.payload,
           'occurrences', a.occurrences, 'rule_version', a.rule_version),
         NULL
  FROM absent AS gone JOIN system_alerts AS a ON a.id = gone.id
  UNION ALL
  SELECT 'same', a.id, a.check_code, a.entity_type, a.entity_id, a.severity_rank,
         said.what, said.what
  FROM known AS k JOIN system_alerts AS a ON a.id = k.alert_id
  CROSS JOIN LATERAL (SELECT jsonb_build_object(
    'severity', a.severity, 'message', a.message, 'payload', a.payload,
    'occurrences', a.occurrences, 'rule_version', a.rule_version) AS what) AS said
) AS c
ORDER BY array_position(ARRAY['new', 'back', 'gone', 'changed', 'accepted', 'same'], c.mark),
         c.severity_rank, c.check_code, c.entity_type, c.entity_id
LIMIT %(limit)s
