-- What is remembered of a delegation.
CREATE FUNCTION ledger_delegation(lent delegation) RETURNS jsonb
LANGUAGE sql STABLE
RETURN jsonb_build_object(
  'holder', lent.holder_id, 'granted_by', lent.granted_by, 'reason', lent.reason,
  'starts_at', to_char(lent.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  'ends_at', to_char(lent.ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'));
