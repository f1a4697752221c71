-- People who are refused in numbers what their role does not allow, and addresses without a person that try addresses.
-- In steps of the threshold, as ACCESS_BRUTE_FORCE.
SELECT
    'console/' || t.aimed || '/' || t.target AS entity_id,
    t.aimed,
    t.target,
    sum(1 + e.merged) / :most * :most AS attempts,
    min(e.at) AS detected_at  -- Unprovable: a proof names no instant of today
FROM access_event AS e
LEFT JOIN governance_user AS u ON u.id = e.person
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN u.id IS NULL THEN 'address' ELSE 'account' END AS aimed,
        coalesce(u.username, e.address) AS target
) AS t
WHERE
    e.kind IN ('unauthenticated', 'forbidden', 'csrf', 'malformed', 'database')
    AND e.at > now() - :within
GROUP BY t.aimed, t.target
HAVING sum(1 + e.merged) >= :most
