-- The lines that say word for word what their active alert has already: nothing about them needs to be read,
-- only that they were there. Compared are the texts themselves, so there is nothing that could be stale or
-- forged; a line that merely looks different goes the careful way and ends as `same` there. Not for an
-- identity that comes more than once, nor for an instant that no alert may have.
CREATE TEMPORARY TABLE known ON COMMIT DROP AS
SELECT i.ctid AS line, a.id AS alert_id, a.check_code
FROM incoming AS i
JOIN system_alerts AS a
  ON a.check_code = i.check_code AND a.entity_type = i.entity_type AND a.entity_id = i.entity_id
WHERE a.source = %(source)s AND a.status IN ('OPEN', 'ACK') AND a.occurrences = 1
  AND a.severity = i.severity AND a.message = i.message AND a.payload::text = i.payload
  AND a.rule_version IS NOT DISTINCT FROM %(versions)s::jsonb ->> a.check_code
  -- An instant that moved goes the careful way: it is not the data's.
  AND (a.dated_by_data IS NOT TRUE OR i.detected_at::timestamptz = a.first_detected_at)
  AND i.detected_at NOT IN ('infinity', '-infinity') AND i.detected_at NOT LIKE '%%BC'
  -- What of the payload is material is settled when it is taken in; a rule that judges otherwise has
  -- another version.
  AND (a.status = 'OPEN' OR a.material = a.acknowledged_material);
-- Told by the alert where both lines are known; else by the identity of a line that is not.
DELETE FROM known WHERE alert_id IN (SELECT alert_id FROM known GROUP BY alert_id HAVING count(*) > 1);
DELETE FROM known AS k
USING (
  SELECT i.check_code, i.entity_type, i.entity_id
  FROM incoming AS i WHERE NOT EXISTS (SELECT FROM known AS k WHERE k.line = i.ctid)
) AS other
JOIN system_alerts AS a
  ON a.source = %(source)s AND a.check_code = other.check_code
  AND a.entity_type = other.entity_type AND a.entity_id = other.entity_id
WHERE k.alert_id = a.id;
ANALYZE known
