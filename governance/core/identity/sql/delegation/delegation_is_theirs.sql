-- Whether somebody may act on a source by a role of their own.
CREATE FUNCTION delegation_is_theirs(person uuid, on_source text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT EXISTS (
    SELECT FROM source_role sr
    JOIN governance_user u ON u.id = sr.user_id AND u.is_active
    JOIN role_permission rp ON rp.role = sr.role AND rp.permission = 'act'
    WHERE sr.user_id = person
      AND (sr.source = on_source OR on_source = 'console' AND sr.role = 'admin'))
$$;
