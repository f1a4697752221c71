-- What is hashed of an entry; docs/ledger.md says it for people without this file.
-- json_build_array prints numbers, strings and jsonb the same under every locale, time zone, DateStyle
-- and extra_float_digits; the instant is printed in UTC with six decimals and no localised pattern.
-- Plain SQL without SET or SECURITY DEFINER, so that PostgreSQL inlines it into the caller's query.
CREATE FUNCTION ledger_canonical(
  seq bigint, at timestamptz, actor text, role text, source text, subject_type text, subject_id text,
  check_code text, action text, before jsonb, after jsonb
) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN json_build_array(
  seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), actor, role, source,
  subject_type, subject_id, check_code, action, before, after
)::text;
