-- About how many rows a table has, and the columns and the condition of each of its valid indexes; one row
-- without columns where it has none.
SELECT greatest(c.reltuples, 0)::bigint,
       ARRAY(
         SELECT a.attname::text
         FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
         JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum
         ORDER BY k.place
       ),
       coalesce(pg_get_expr(i.indpred, c.oid), '')
FROM pg_class AS c
LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisvalid
WHERE c.oid = %(table)s
