-- Who may take care of an alert: active people who may comment on its source and see what it is about (for a finding of
-- the console's own two different things). The page offers them, the workflow accepts nobody else. Asked as the owner,
-- for the acting person sees no account but the own; and answered to the machine and to whoever sees both sources.
CREATE FUNCTION alert_assignable(alert_source text, about text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT u.id
  FROM governance_user u
  WHERE u.is_active
    AND (governance_system() IS NOT NULL
         OR ARRAY[alert_source, about] <@ (SELECT governance_sources('view_integrity')))
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
