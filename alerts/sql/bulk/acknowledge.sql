-- OPEN → ACK for each alert that is still at the version that the person saw and on which the person may
-- act; one statement, so one call per policy and one pass of the ledger's trigger.
UPDATE system_alerts AS a
SET status = 'ACK', acknowledgement_note = %(note)s
FROM unnest(%(ids)s::uuid[], %(versions)s::int[]) AS seen (id, version)
WHERE a.id = seen.id AND a.version = seen.version AND a.status = 'OPEN' AND a.severity <> 'INFO'
  AND a.source = ANY ((SELECT governance_sources('act'))::text[])
RETURNING a.id, a.entity_id, a.status, a.severity_rank, a.first_detected_at
