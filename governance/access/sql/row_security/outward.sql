-- Functions of extensions that may do anything when they are called, such as dblink's or pg_net's: none of those that
-- are known to compute only, and none that PostgreSQL itself brings.
SELECT DISTINCT p.proname AS name
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
WHERE p.provolatile = 'v' AND e.extname <> ALL ('{plpgsql,uuid-ossp,pgcrypto,moddatetime,citext,pg_trgm,vector,postgis}')
