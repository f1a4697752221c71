-- Resolved by a person, and gone from a complete snapshot that was begun afterwards: confirmed, once. Where the
-- snapshot's absence would not close an alert as mended (5_gone.sql), it confirms nothing either.
UPDATE system_alerts AS a
SET absent_at = %(taken_at)s
WHERE a.source = %(source)s AND a.status = 'RESOLVED' AND a.resolved_by IS NOT NULL AND a.absent_at IS NULL
  AND (%(codes)s::text[] IS NULL OR a.check_code = ANY (%(codes)s::text[]))
  AND a.check_code <> ALL (%(unread)s::text[])
  AND (%(entities)s::text[] IS NULL OR a.entity_id = ANY (%(entities)s::text[]))
  AND (%(alike)s::timestamptz[] IS NULL OR a.last_detected_at = ANY (%(alike)s::timestamptz[]))
  AND (a.rule_version IS NULL OR a.rule_version = %(versions)s::jsonb ->> a.check_code)
  AND NOT EXISTS (
    SELECT FROM ledger_entry AS e
    WHERE e.seq > %(since)s AND e.subject_type = 'alert' AND e.action = 'alert.resolve'
      AND e.subject_id = a.id::text)
  AND NOT EXISTS (
    SELECT FROM ledger_pending AS p JOIN ledger_batch AS b ON b.id = p.batch_id
    WHERE b.first_seq + p.number > %(since)s + 1 AND p.subject_type = 'alert' AND p.action = 'alert.resolve'
      AND p.subject_id = a.id::text)
  AND NOT EXISTS (
    SELECT FROM finding AS f
    WHERE f.check_code = a.check_code AND f.entity_type = a.entity_type
      AND f.entity_id = a.entity_id)
  AND NOT EXISTS (
    SELECT FROM checked AS c
    WHERE c.fault IS NOT NULL AND coalesce(c.check_code, a.check_code) = a.check_code)
