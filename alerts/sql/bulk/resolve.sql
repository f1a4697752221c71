-- OPEN or ACK → RESOLVED (or, for a critical acceptance by a first person, ACK) for each alert that is
-- still at the version that the person saw and on which the person may act; one statement.
UPDATE system_alerts AS a
SET status = 'RESOLVED', resolution_note = %(note)s, resolution_cause = %(cause)s,
    resolution_decision = %(decision)s, accepted_until = %(accepted_until)s
FROM unnest(%(ids)s::uuid[], %(versions)s::int[]) AS seen (id, version)
WHERE a.id = seen.id AND a.version = seen.version AND a.status IN ('OPEN', 'ACK')
  AND a.severity <> 'INFO'
  AND a.source = ANY ((SELECT governance_sources('act'))::text[])
  -- A dispute about a critical alert has a longest date (system_alerts_dispute_limit.sql).
  AND (a.severity = 'CRITICAL' AND %(decision)s = 'LITIGE' AND %(accepted_until)s > %(longest)s) IS NOT TRUE
  -- The second signature of a critical acceptance never rests on the right of the first
  -- (system_alerts_changed_by_person.sql).
  AND (a.severity = 'CRITICAL' AND %(decision)s = 'ACCEPTE'
           AND a.acceptance_proposed_by <> governance_user_id() AND a.accepted_until = %(accepted_until)s
           AND coalesce(a.acceptance_proposed_for, a.acceptance_proposed_by) = coalesce(
             (SELECT lender FROM governance_loans(clock_timestamp()) AS l WHERE l.source = a.source),
             governance_user_id())) IS NOT TRUE
RETURNING a.id, a.entity_id, a.status, a.severity_rank, a.first_detected_at
