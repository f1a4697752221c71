-- Over (ORDER BY … ROWS UNBOUNDED PRECEDING): the hash of each entry that follows `head`. Its step is PL/pgSQL, because
-- for a state function in SQL an executor would start per row.
CREATE FUNCTION ledger_chain_step(state bytea, head bytea, canonical text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$ BEGIN RETURN sha256(coalesce(state, head) || convert_to(canonical, 'UTF8')); END $$;

CREATE AGGREGATE ledger_chain(head bytea, canonical text) (SFUNC = ledger_chain_step, STYPE = bytea);
