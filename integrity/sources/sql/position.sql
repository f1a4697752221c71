-- Where a server stands: equal texts, the same rows for whoever reads in this transaction's snapshot.
-- The snapshot is what PostgreSQL itself goes by: which transactions are committed. It is of the whole server, so any
-- write anywhere moves it. The rest is what no transaction changes: another server or another history of this one, a
-- restart or a crash (after which numbers of lost transactions are given again, and the server's figures begin anew),
-- a reloaded configuration, another database, role, path or way of writing a value. On a standby the snapshot does
-- not name what runs, so that nothing may run at all. NULL: it cannot be said.
SELECT CASE
  WHEN pg_catalog.pg_is_in_recovery()
    AND pg_catalog.pg_snapshot_xmin(here.snapshot)::pg_catalog.text
      OPERATOR(pg_catalog.<>) pg_catalog.pg_snapshot_xmax(here.snapshot)::pg_catalog.text THEN NULL
  ELSE pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat_ws(' ',
    here.snapshot, pg_catalog.pg_is_in_recovery(),
    control.system_identifier, history.timeline_id,
    pg_catalog.pg_postmaster_start_time(), pg_catalog.pg_stat_get_bgwriter_stat_reset_time(),
    pg_catalog.pg_conf_load_time(), pg_catalog.current_setting('server_version_num'),
    me.oid, pg_catalog.quote_ident(current_user), pg_catalog.quote_ident(session_user),
    pg_catalog.current_setting('search_path'), pg_catalog.current_setting('extra_float_digits'),
    pg_catalog.current_setting('intervalstyle'), pg_catalog.current_setting('bytea_output'),
    pg_catalog.current_setting('lc_monetary'), pg_catalog.current_setting('lc_numeric'),
    pg_catalog.current_setting('lc_time'), pg_catalog.current_setting('default_text_search_config')), 'UTF8')), 'hex')
  END
FROM (SELECT pg_catalog.pg_current_snapshot() AS snapshot) AS here,
     pg_catalog.pg_control_system() AS control,
     pg_catalog.pg_control_checkpoint() AS history,
     pg_catalog.pg_database AS me
WHERE me.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
