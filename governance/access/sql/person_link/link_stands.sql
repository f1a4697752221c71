-- Whether who made this link could make it now: an administrator who was let go, or whose account this no longer is to
-- administer, keeps no way into it. What the machine made, and what somebody made for the own account, stands.
CREATE FUNCTION link_stands(maker uuid, person uuid) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
  WITH held AS (
    SELECT sr.source FROM source_role sr
    JOIN role_permission rp ON rp.role = sr.role AND rp.permission = 'administer'
    JOIN governance_user u ON u.id = sr.user_id AND u.is_active
    WHERE sr.user_id = maker
  )
  SELECT maker IS NULL OR maker = person OR (EXISTS (SELECT FROM held) AND NOT EXISTS (
    SELECT FROM source_role sr
    WHERE sr.user_id = person AND sr.source <> 'console' AND sr.source NOT IN (SELECT source FROM held)))
$$;
