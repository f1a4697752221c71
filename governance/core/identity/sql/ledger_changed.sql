-- The keys of `now` that `was` has otherwise.
CREATE FUNCTION ledger_changed(was jsonb, now jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN (SELECT coalesce(jsonb_object_agg(n.key, n.value), '{}')
        FROM jsonb_each(now) AS n WHERE n.value IS DISTINCT FROM was -> n.key);
