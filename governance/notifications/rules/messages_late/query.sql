-- Something is due and nobody does it: a message that waits, one whose worker is gone, or a change of which nobody decided
-- who is told. A channel that is off keeps its messages on purpose.
SELECT
    'console/' || w.place || '/late' AS entity_id,
    w.place,
    count(*) AS waiting,
    min(w.due_at) AS oldest_at,
    min(w.due_at) + :longest AS detected_at
FROM (
    SELECT
        c.name AS place,
        d.due_at
    FROM delivery AS d
    INNER JOIN channel AS c ON c.id = d.channel_id
    WHERE d.state = 'WAITING' AND c.is_on
    UNION ALL
    SELECT
        c.name AS place,
        d.lease_until AS due_at
    FROM delivery AS d
    INNER JOIN channel AS c ON c.id = d.channel_id
    WHERE d.state = 'SENDING' AND c.is_on
    UNION ALL
    SELECT
        n.source AS place,
        n.at AS due_at
    FROM notification AS n
    WHERE n.planned_at IS NULL
) AS w
WHERE w.due_at + :longest < now()
GROUP BY w.place
