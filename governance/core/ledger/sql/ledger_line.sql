-- One entry as one line of an export: the columns by name, the instant as it is hashed, hashes in hex.
-- Printed here and not in Python, whose JSON would rewrite numbers such as 1e300.
CREATE FUNCTION ledger_line(
  seq bigint, at timestamptz, actor text, role text, source text, subject_type text, subject_id text,
  check_code text, action text, before jsonb, after jsonb, prev_hash bytea, hash bytea
) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN json_build_object(
  'seq', seq, 'at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  'actor', actor, 'role', role, 'source', source, 'subject_type', subject_type, 'subject_id', subject_id,
  'check_code', check_code, 'action', action, 'before', before, 'after', after,
  'prev_hash', encode(prev_hash, 'hex'), 'hash', encode(hash, 'hex')
)::text;
