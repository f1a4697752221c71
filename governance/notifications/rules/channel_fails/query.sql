-- Channels through which nothing got for an hour, counted from the first failure after the last success.
SELECT
    'console/' || c.name AS entity_id,
    c.name AS channel,
    c.failing_since,
    c.failing_since + :longest AS detected_at
FROM channel AS c
WHERE c.is_on AND c.failing_since + :longest < now()
