-- A piece of 8_sight: what merely looks different.
UPDATE system_alerts AS a
SET last_detected_at = %(taken_at)s
FROM finding AS f
WHERE a.id = f.alert_id AND f.verdict = 'same' AND f.ctid BETWEEN %(first)s::tid AND %(last)s::tid
