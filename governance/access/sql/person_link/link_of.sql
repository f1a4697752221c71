-- Whom this link lets in, and what for; no row when it was used, replaced, or is too old, or its maker could not
-- make it any more.
CREATE FUNCTION link_of(hashed bytea) RETURNS TABLE (user_id uuid, purpose text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT l.user_id, l.purpose FROM person_link l LEFT JOIN governance_user u ON u.id = l.user_id
  WHERE l.digest = hashed AND l.expires_at > clock_timestamp() AND (l.user_id IS NULL OR u.is_active)
    AND link_stands(l.made_by, l.user_id)
$$;
