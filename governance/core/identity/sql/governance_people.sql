-- Names of people whose ids the reader has met in rows that the reader may see (who acknowledged, who holds
-- a role), for whoever holds a role anywhere. By id only: nobody lists people with it.
CREATE FUNCTION governance_people(wanted uuid[])
RETURNS TABLE (id uuid, username varchar, first_name varchar, last_name varchar, is_active boolean)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT u.id, u.username, u.first_name, u.last_name, u.is_active
  FROM governance_user u
  WHERE u.id = ANY (wanted)
    AND (governance_system() IS NOT NULL OR governance_user_id() = u.id
         OR (SELECT governance_own_sources('view_integrity')) <> '{}')
$$;
