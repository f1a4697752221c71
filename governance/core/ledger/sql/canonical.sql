-- What is hashed, and how one hash leads to the next; docs/ledger.md says it for people without this file.
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

CREATE FUNCTION ledger_hash(prev_hash bytea, canonical text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256(prev_hash || convert_to(canonical, 'UTF8'));

-- PL/pgSQL because it is a state function: there a SQL function would start an executor per row.
CREATE FUNCTION ledger_chain_step(state bytea, head bytea, canonical text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$ BEGIN RETURN sha256(coalesce(state, head) || convert_to(canonical, 'UTF8')); END $$;

-- Over (ORDER BY … ROWS UNBOUNDED PRECEDING): the hash of each entry that follows `head`.
CREATE AGGREGATE ledger_chain(head bytea, canonical text) (SFUNC = ledger_chain_step, STYPE = bytea);
