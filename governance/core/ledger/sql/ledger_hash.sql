-- How one hash leads to the next. Inlined, as ledger_canonical.
CREATE FUNCTION ledger_hash(prev_hash bytea, canonical text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256(prev_hash || convert_to(canonical, 'UTF8'));
