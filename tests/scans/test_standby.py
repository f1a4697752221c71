"""Where a standby stands: a reading there is as good as on its primary, and none where something runs."""

import os
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from governance.core.database.postgres_wheel import account_for, binaries_for, how_to_run
from governance.devtools import embedded
from integrity.sources.position import position_read
from tests.postgres import BINARIES
from tests.scans.still import own_server

__all__ = ["own_server"]


@pytest.fixture
def standby(own_server: embedded.Server) -> Iterator[psycopg.Connection[Any]]:
    folder = own_server.folder.with_name("standby")
    account = account_for(own_server.folder)
    binaries = BINARIES or binaries_for(account)

    def run(program: str, *words: str) -> None:
        done = subprocess.run(
            [binaries / program, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **how_to_run(account),
        )
        log = folder / "log"
        said = log.read_text(encoding="utf-8") if log.exists() else ""
        assert not done.returncode, (done.stderr, said)

    folder.mkdir(mode=0o700)
    if account:
        os.chown(folder, account.uid, account.gid)
    run(
        "pg_basebackup",
        "-d",
        own_server.superuser_url("postgres"),
        "-D",
        str(folder),
        "-R",
        "-c",
        "fast",
    )
    # Another port: the copy has the lock of the primary’s socket.
    options = f"-k {folder} -p 5433 -c listen_addresses= -c fsync=off"
    run("pg_ctl", "-D", str(folder), "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        with psycopg.connect(
            host=str(folder), port=5433, user="postgres", dbname="depot", autocommit=True
        ) as connection:
            yield connection
    finally:
        run("pg_ctl", "-D", str(folder), "-m", "immediate", "-w", "stop")


def test_a_standby_is_believed_when_nothing_runs(
    own_server: embedded.Server, standby: psycopg.Connection[Any]
) -> None:
    url = own_server.superuser_url("depot")
    with psycopg.connect(url, autocommit=True) as primary, psycopg.connect(url) as other:

        def arrived() -> str:
            """The standby's position, once it has all that the primary wrote."""
            (end,) = primary.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone() or ("",)
            for _turn in range(2_000):
                asked = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
                if standby.execute(asked, [end]).fetchone() == (True,):
                    return position_read(standby)
                time.sleep(0.005)
            raise AssertionError("the standby does not follow")

        primary.execute("CREATE TABLE t (n int)")
        idle = arrived()
        assert idle
        assert idle not in (position_read(primary), "")
        primary.execute("CHECKPOINT")
        primary.execute("VACUUM t")
        assert arrived() == idle
        # Two at once: the earlier one is not over when the later one is, and the snapshot does not name it.
        other.execute("INSERT INTO t VALUES (1)")
        primary.execute("INSERT INTO t VALUES (2)")
        assert arrived() == ""
        other.commit()
        after = arrived()
        assert after not in ("", idle)
        primary.execute("TRUNCATE t")
        assert arrived() not in ("", idle, after)
