-- Of these functions and operators, those whose answer depends on their arguments alone, or on that and on settings
-- which every reading sets alike. PostgreSQL's own only: anybody may call his function immutable.
SELECT p.oid::bigint
FROM pg_proc AS p
WHERE p.oid < 16384 AND p.pronamespace = 'pg_catalog'::regnamespace
  AND p.oid = ANY (ARRAY(
    SELECT o FROM unnest(%(functions)s::oid[]) AS o
    UNION ALL
    SELECT o.oprcode::oid FROM pg_operator AS o WHERE o.oid = ANY (%(operators)s::oid[])))
  AND (p.provolatile = 'i' OR p.provolatile = 's' AND (
    p.proname = ANY ('{jsonb_build_object,json_build_object,jsonb_build_array,json_build_array,to_jsonb,to_json,
      jsonb_agg,json_agg,jsonb_object_agg,json_object_agg,concat,concat_ws,format,array_to_string,textanycat,anytextcat,
      to_char,date_trunc,date_part,extract,timestamptz,timestamp,date,timestamptz_pl_interval,timestamptz_mi_interval,
      interval_pl_timestamptz}'::name[])
    OR p.proname ~ '^(date|timestamp|timestamptz)_(lt|le|eq|ne|ge|gt|cmp)_(date|timestamp|timestamptz)$'))
