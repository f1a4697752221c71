-- A piece of 8_sight: what comes word for word as before (2_known.sql).
UPDATE system_alerts AS a
SET last_detected_at = %(taken_at)s
FROM known AS k
WHERE a.id = k.alert_id AND k.ctid BETWEEN %(first)s::tid AND %(last)s::tid
