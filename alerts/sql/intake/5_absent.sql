-- Active alerts that the snapshot no longer shows. Alerts of a code with a row set aside are not among
-- them: that row may have been theirs. `codes`, `entities`: the part of the source that was looked at
-- (NULL: all of it); `unread`: codes of it that nobody could read.
CREATE TEMPORARY TABLE absent ON COMMIT DROP AS
SELECT a.id, a.version, a.check_code, a.severity, a.last_detected_at, NULL::text AS cause
FROM system_alerts AS a
WHERE a.source = %(source)s AND a.status IN ('OPEN', 'ACK')
  -- Asked once: where as many active alerts were met as there are, none needs to be looked for.
  AND (SELECT count(*) FROM known) + (SELECT count(*) FROM finding WHERE verdict IN ('same', 'change', 'lapse'))
      IS DISTINCT FROM
      (SELECT sum(n) FROM alert_tally WHERE source = %(source)s AND status IN ('OPEN', 'ACK'))
  AND (%(codes)s::text[] IS NULL OR a.check_code = ANY (%(codes)s::text[]))
  AND a.check_code <> ALL (%(unread)s::text[])
  AND (%(entities)s::text[] IS NULL OR a.entity_id = ANY (%(entities)s::text[]))
  AND NOT EXISTS (SELECT FROM known AS k WHERE k.alert_id = a.id)
  AND NOT EXISTS (
    SELECT FROM finding AS f
    WHERE f.check_code = a.check_code AND f.entity_type = a.entity_type
      AND f.entity_id = a.entity_id)
  AND NOT EXISTS (
    SELECT FROM checked AS c
    WHERE c.fault IS NOT NULL AND coalesce(c.check_code, a.check_code) = a.check_code)
