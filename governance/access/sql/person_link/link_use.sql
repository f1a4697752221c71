-- Use a link up, by the person whom it lets in or, for the first administrator, the installation. False when somebody
-- was faster: the row's lock makes them queue.
CREATE FUNCTION link_use(hashed bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  DELETE FROM person_link
  WHERE digest = hashed AND expires_at > clock_timestamp() AND link_stands(made_by, user_id)
    AND (user_id = governance_user_id()
         OR purpose = 'first' AND governance_system() = 'install' AND NOT administrator_exists());
  RETURN FOUND;
END $$;
