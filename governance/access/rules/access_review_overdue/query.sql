-- Sources whose roles nobody has reviewed for a quarter; one that never was reviewed counts from its first account.
SELECT
    s.source || '/access' AS entity_id,
    s.source,
    s.last_review_at,
    CASE WHEN s.last_review_at IS NULL THEN 'never' ELSE 'once' END AS reviewed,
    coalesce(s.last_review_at, s.since) + :quarter AS detected_at
FROM (
    SELECT
        r.source,
        min(u.date_joined) AS since,
        (SELECT max(a.at) FROM access_review AS a WHERE a.source = r.source) AS last_review_at
    FROM source_role AS r
    INNER JOIN governance_user AS u ON u.id = r.user_id
    GROUP BY r.source
) AS s
WHERE
    coalesce(s.last_review_at, s.since) + :quarter < now()
    AND nullif(current_setting('governance.system', true), '') IS NOT NULL
