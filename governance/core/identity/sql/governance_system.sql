-- The identity of the machine that acts (`scan`, `migrate`), where no person does; see governance_user_id.
CREATE FUNCTION governance_system() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('governance.system', true), '');
