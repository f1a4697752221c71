-- Tables and views with their columns, constraints and what a view reads.
SELECT
  n.nspname AS schema, c.relname AS name, c.relkind::text AS kind, pg_get_userbyid(c.relowner) AS owner,
  c.relrowsecurity AS is_secured, c.relforcerowsecurity AS is_forced, c.relispartition AS is_partition,
  coalesce(c.reloptions, '{}') AS options,
  CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) ELSE '' END AS text,
  coalesce((
    SELECT jsonb_agg(jsonb_build_object(
      'name', a.attname, 'type', format_type(coalesce(nullif(t.typbasetype, 0), t.oid), NULL), 'category', coalesce(b.typcategory, t.typcategory),
      'length', CASE WHEN a.atttypmod > 4 AND t.typname IN ('varchar', 'bpchar') THEN a.atttypmod - 4 END,
      'not_null', a.attnotnull OR t.typnotnull, 'has_default', a.atthasdef OR a.attidentity <> '', 'is_generated', a.attgenerated <> '',
      'is_settable', CASE WHEN c.relkind = 'v' THEN pg_column_is_updatable(c.oid, a.attnum, true) ELSE true END,
      'labels', (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = coalesce(nullif(t.typbasetype, 0), t.oid))
    ) ORDER BY a.attnum)
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  ), '[]') AS columns,
  coalesce((
    SELECT jsonb_agg(jsonb_build_object('name', k.conname, 'kind', k.contype,
      'columns', (SELECT jsonb_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (k.conkey)),
      'target', CASE WHEN k.confrelid <> 0 THEN (SELECT format('%s.%s', fn.nspname, f.relname) FROM pg_class f JOIN pg_namespace fn ON fn.oid = f.relnamespace WHERE f.oid = k.confrelid) END,
      'text', pg_get_constraintdef(k.oid)) ORDER BY k.conname)
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('c', 'p', 'u', 'f')
  ), '[]') || coalesce((
    SELECT jsonb_agg(jsonb_build_object('name', xc.relname, 'kind', 'u',
      'columns', (SELECT jsonb_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (x.indkey::int2[])),
      'target', NULL, 'text', '') ORDER BY xc.relname)
    FROM pg_index x JOIN pg_class xc ON xc.oid = x.indexrelid
    WHERE x.indrelid = c.oid AND x.indisunique AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid)
  ), '[]') AS constraints,
  coalesce((
    SELECT jsonb_agg(DISTINCT format('%s.%s', bn.nspname, b.relname))
    FROM pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
    -- Before 15 a view over a function that gives rows of a table depends on the function alone.
    LEFT JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid
    LEFT JOIN pg_type r ON r.oid = p.prorettype
    JOIN pg_class b ON b.oid = CASE d.refclassid WHEN 'pg_class'::regclass THEN d.refobjid ELSE r.typrelid END
      AND b.relkind IN ('r', 'p', 'v', 'm', 'f')
    JOIN pg_namespace bn ON bn.oid = b.relnamespace
    WHERE w.ev_class = c.oid AND b.oid <> c.oid
  ), '[]') AS reads,
  ARRAY(SELECT verb FROM (VALUES (8, 'INSERT'), (4, 'UPDATE'), (16, 'DELETE')) AS v (bit, verb)
        WHERE CASE WHEN c.relkind = 'v' THEN pg_relation_is_updatable(c.oid, true) & bit <> 0 END) AS writable_by
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1, 2
