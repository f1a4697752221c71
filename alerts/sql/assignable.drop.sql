-- Undoes assignable.sql.
CREATE OR REPLACE FUNCTION alert_assignable(alert_source text, about text) RETURNS SETOF uuid
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT u.id
  FROM governance_user u
  WHERE u.is_active
    AND EXISTS (
      SELECT FROM source_role sr
      JOIN role_permission rp ON rp.role = sr.role AND rp.permission = 'comment'
      WHERE sr.user_id = u.id
        AND (sr.source = alert_source OR alert_source = 'console' AND sr.role = 'admin'))
    AND EXISTS (
      SELECT FROM source_role sr
      JOIN role_permission rp ON rp.role = sr.role AND rp.permission = 'view_integrity'
      WHERE sr.user_id = u.id AND (sr.source = about OR about = 'console'))
$$;
