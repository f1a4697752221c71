"""The check of the chain runs as it is meant to."""

import time

import psycopg


def test_the_check_uses_parallel_workers(pg, console, chain):
    """PL/pgSQL's SELECT INTO never does, which halves the speed without anybody noticing."""
    with psycopg.connect(pg.dsn(console, "console_app"), autocommit=True) as session:
        for name in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"):
            session.execute(f"SET {name} = 0")
        session.execute("SELECT set_config('governance.system', 'verify', false)")
        assert session.execute("SELECT first_bad FROM ledger_check()").fetchone() == (None,)
    with pg.superuser() as watcher:
        deadline = time.monotonic() + 10  # a session reports its figures as it ends
        launched = 0
        while not launched and time.monotonic() < deadline:
            [launched] = watcher.execute(
                "SELECT parallel_workers_launched FROM pg_stat_database WHERE datname = %s",
                [console],
            ).fetchone()
    assert launched
