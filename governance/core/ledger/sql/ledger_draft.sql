-- What a trigger hands to ledger_append: an entry without actor, instant and place in the chain.
CREATE TYPE ledger_draft AS (
  source text, subject_type text, subject_id text, check_code text, action text, before jsonb, after jsonb
);
