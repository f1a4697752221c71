-- Whether anybody active administers a source.
CREATE FUNCTION administrator_exists() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT EXISTS (
    SELECT FROM source_role sr JOIN governance_user u ON u.id = sr.user_id AND u.is_active
    WHERE sr.role = 'admin')
$$;
