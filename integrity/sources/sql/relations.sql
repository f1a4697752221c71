-- What a reading of these relations stands on: their kind, whether the server keeps them through a crash, how they are
-- stored, whether row security decides, the text of a view as PostgreSQL keeps it, and the parts of a table.
SELECT c.oid::bigint, c.relkind::text, c.relpersistence::text, coalesce(m.amname, '') IN ('', 'heap'),
       c.relrowsecurity,
       coalesce((SELECT r.ev_action::text FROM pg_rewrite AS r WHERE r.ev_class = c.oid AND r.ev_type = '1'), ''),
       ARRAY(SELECT i.inhrelid::bigint FROM pg_inherits AS i WHERE i.inhparent = c.oid)
FROM pg_class AS c LEFT JOIN pg_am AS m ON m.oid = c.relam
WHERE c.oid = ANY (%(oids)s::oid[])
