-- The person who acts: a transaction-local setting, read by every policy and trigger. STABLE, and called inside a
-- sub-select by the policies, so that a statement pays for one call.
CREATE FUNCTION governance_user_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('governance.user_id', true), '')::uuid;
