-- Seen again, but not as before: refreshed, lapsed (ACK back to OPEN) or reopened (next episode).
UPDATE system_alerts AS a
SET severity = f.severity, message = f.message, payload = f.payload, occurrences = f.occurrences,
    material = f.material, rule_version = f.rule_version, last_detected_at = %(taken_at)s,
    status = CASE f.verdict WHEN 'change' THEN a.status ELSE 'OPEN' END,
    first_detected_at = CASE f.verdict
      WHEN 'reopen' THEN greatest(f.detected_at, a.resolved_at) ELSE a.first_detected_at END
FROM finding AS f
WHERE a.id = f.alert_id AND f.verdict IN ('change', 'lapse', 'reopen')
