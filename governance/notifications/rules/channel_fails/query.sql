-- Channels through which nothing got for an hour, counted from the first failure after the last success. A channel belongs
-- to no source, so only the machine is answered: the alert that it makes is the console's.
SELECT
    'console/' || c.name AS entity_id,
    c.name AS channel,
    c.failing_since,
    c.failing_since + :longest AS detected_at
FROM channel AS c
WHERE
    c.is_on
    AND c.failing_since + :longest < now()
    AND nullif(current_setting('governance.system', true), '') IS NOT NULL
