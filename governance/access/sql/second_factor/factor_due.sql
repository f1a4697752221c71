-- Whether the acting person holds a role that asks for a second factor and has none; about nobody else.
CREATE FUNCTION factor_due(person uuid, asking text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT person = governance_user_id()
    AND EXISTS (SELECT FROM source_role sr WHERE sr.user_id = person AND sr.role = ANY (asking))
    AND NOT EXISTS (SELECT FROM mfa_authenticator a WHERE a.user_id = person AND a.type <> 'recovery_codes')
$$;
