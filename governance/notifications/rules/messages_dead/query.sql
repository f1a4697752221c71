-- Channels through which a message was given up and not sent again.
SELECT
    'console/' || c.name || '/dead' AS entity_id,
    c.name AS channel,
    count(*) AS given_up,
    (array_agg(d.answer ORDER BY d.ended_at DESC))[1] AS answer,
    min(d.ended_at) AS detected_at
FROM delivery AS d
INNER JOIN channel AS c ON c.id = d.channel_id
WHERE d.state = 'DEAD'
GROUP BY c.name
