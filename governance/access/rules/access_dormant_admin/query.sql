-- Administrators who have not signed in for long, or never since their account was opened: an open door that nobody watches.
SELECT
    r.source || '/' || u.username AS entity_id,
    r.source,
    u.username AS account,
    u.last_login AS last_login_at,
    CASE WHEN u.last_login IS NULL THEN 'never' ELSE 'once' END AS signed_in,
    coalesce(u.last_login, u.date_joined) + :idle AS detected_at
FROM source_role AS r
INNER JOIN governance_user AS u ON u.id = r.user_id
WHERE
    r.role = 'admin'
    AND u.is_active
    AND coalesce(u.last_login, u.date_joined) + :idle < now()
    AND nullif(current_setting('governance.system', true), '') IS NOT NULL
