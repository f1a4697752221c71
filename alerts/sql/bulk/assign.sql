-- Who takes care of each active alert that is still at the version that the person saw and on which the person may
-- speak; one statement. Whether that person may take care of it is the workflow's trigger's to say.
UPDATE system_alerts AS a
SET assignee = %(assignee)s
FROM unnest(%(ids)s::uuid[], %(versions)s::int[]) AS seen (id, version)
WHERE a.id = seen.id AND a.version = seen.version AND a.status IN ('OPEN', 'ACK')
  AND a.source = ANY ((SELECT governance_sources('comment'))::text[])
RETURNING a.id, a.entity_id, a.status, a.severity_rank, a.first_detected_at
