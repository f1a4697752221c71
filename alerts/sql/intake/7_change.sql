-- Seen again, but not as before: refreshed, lapsed (ACK back to OPEN), contradicted (resolved by a person, and
-- still there: the same episode goes on) or reopened (next episode). Only what is still as it was compared: what
-- somebody changed meanwhile is the next scan's. A new episode is as old as the data say, but for what they say
-- of the time before it was absent.
UPDATE system_alerts AS a
SET severity = f.severity, message = f.message, payload = f.payload, occurrences = f.occurrences,
    material = f.material, rule_version = f.rule_version, last_detected_at = %(taken_at)s,
    status = CASE f.verdict WHEN 'change' THEN a.status ELSE 'OPEN' END,
    first_detected_at = CASE
      WHEN f.verdict <> 'reopen' THEN a.first_detected_at
      WHEN f.dated_by_data AND f.detected_at >= coalesce(a.absent_at, a.resolved_at) THEN f.detected_at
      ELSE greatest(%(taken_at)s, coalesce(a.absent_at, a.resolved_at)) END,
    dated_by_data = CASE
      WHEN f.verdict = 'reopen' THEN f.dated_by_data AND f.detected_at >= coalesce(a.absent_at, a.resolved_at)
      WHEN f.moved THEN false ELSE a.dated_by_data END
FROM finding AS f
WHERE a.id = f.alert_id AND a.version = f.alert_version
  AND f.verdict IN ('change', 'lapse', 'contradict', 'reopen')
  AND f.ctid BETWEEN %(first)s::tid AND %(last)s::tid
