-- Whether the acting person has the telephone of a source for the whole of that time, by the rows that were said last.
-- SECURITY DEFINER: a policy of the table asks it, which would otherwise ask itself.
CREATE FUNCTION on_call_is_own(on_source text, since timestamptz, until timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM on_call_turn AS own
    WHERE own.source = on_source AND own.person_id = governance_user_id()
      AND own.starts_at <= since AND own.ends_at >= until
      AND on_source = ANY (governance_own_sources('view_integrity'))
      AND NOT EXISTS (
        SELECT FROM on_call_turn AS later
        WHERE later.source = own.source AND later.made_at > own.made_at
          AND later.person_id <> own.person_id AND later.starts_at < until AND later.ends_at > since))
$$;
