-- Whether the acting person sees a source that the other person sees, too.
CREATE FUNCTION saved_filter_near(their uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT EXISTS (
    SELECT FROM source_role AS theirs
    WHERE theirs.user_id = their AND theirs.source = ANY (governance_sources('view_integrity')))
$$;
