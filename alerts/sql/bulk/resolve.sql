-- OPEN or ACK → RESOLVED (or, for a critical acceptance by a first person, ACK) for each alert that is
-- still at the version that the person saw and on which the person may act; one statement.
UPDATE system_alerts AS a
SET status = 'RESOLVED', resolution_note = %(note)s, resolution_cause = %(cause)s,
    resolution_decision = %(decision)s, accepted_until = %(accepted_until)s
FROM unnest(%(ids)s::uuid[], %(versions)s::int[]) AS seen (id, version)
WHERE a.id = seen.id AND a.version = seen.version AND a.status IN ('OPEN', 'ACK')
  AND a.severity <> 'INFO'
  AND a.source = ANY ((SELECT governance_sources('act'))::text[])
RETURNING a.id, a.entity_id, a.status, a.severity_rank, a.first_detected_at
