-- Accounts at which, and addresses from which, sign-ins fail in numbers. How many is told in steps of the threshold, so
-- that an attack that goes on is not a new fact every minute. A line of the journal stands for those merged into it.
SELECT
    'console/' || t.aimed || '/' || t.target AS entity_id,
    t.aimed,
    t.target,
    sum(1 + e.merged) / :most * :most AS attempts,
    min(e.at) AS detected_at  -- Unprovable: a proof names no instant of today
FROM access_event AS e
LEFT JOIN governance_user AS u ON u.id = e.person
CROSS JOIN LATERAL (VALUES ('address', e.address), ('account', u.username)) AS t (aimed, target)
WHERE
    e.kind IN ('sign_in', 'mfa', 'locked')
    AND e.at > now() - :within
    AND t.target IS NOT NULL
GROUP BY t.aimed, t.target
HAVING sum(1 + e.merged) >= :most
