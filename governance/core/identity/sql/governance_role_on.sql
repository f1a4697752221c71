-- The role under which the acting person is known on a source; what the ledger writes beside the name.
CREATE FUNCTION governance_role_on(wanted_source text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT coalesce(
    (SELECT sr.role FROM source_role sr
     WHERE sr.user_id = nullif(current_setting('governance.user_id', true), '')::uuid
       AND (sr.source = wanted_source OR wanted_source IS NULL OR wanted_source = 'console')
     ORDER BY sr.source = wanted_source DESC, sr.role = 'admin' DESC, sr.role
     LIMIT 1),
    '')
$$;
