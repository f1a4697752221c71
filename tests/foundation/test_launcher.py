"""`make run` as a newcomer meets it: real processes, real signals, folders of its own."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from django.utils import timezone

from governance.core.database.postmaster import Postmaster
from governance.devtools import embedded
from tests.foundation.conftest import passable
from tests.foundation.process import Console, eventually, running


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console after its first start, for the tests that leave it running."""
    with running(passable(tmp_path_factory.mktemp("a console")) / "var") as started:
        yield started


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a console that each test starts and ends."""
    return passable(tmp_path_factory.mktemp("another")) / "var"


def test_the_first_start_fills_the_depot_and_says_where_it_is(console):
    assert f"http://127.0.0.1:{console.port}" in console.output
    assert "scenario incident" in console.output
    for name in ("admin", "directeur", "pca", "gerant", "auditeur", "demo-governance"):
        assert name in console.output
    status, body = console.get("/health")
    assert (status, body["ready"], body["env"]) == (200, True, "local")
    assert body["sources"] == "ok"  # a stranger learns no name
    assert console.get("/governance/integrity")[0] == 302


def asked(console: Console, query: str) -> list[tuple[Any, ...]]:
    """What the console's database answers a superuser."""
    with psycopg.connect(embedded.url("console", "postgres", console.var / "pg")) as superuser:
        return superuser.execute(query).fetchall()


def test_a_first_start_has_lived_three_months(console):
    verified = console.command("ledger_verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    ((first, scans),) = asked(
        console,
        "SELECT min(at), count(*) FILTER (WHERE action = 'scan.complete') FROM ledger_entry",
    )
    assert timezone.now() - first > timedelta(days=90)
    assert scans > 2_000
    done = {action for (action,) in asked(console, "SELECT DISTINCT action FROM ledger_entry")}
    assert done >= {
        "alert.contradict",
        "alert.confirm",
        "alert.propose",
        "alert.reopen",
        "alert.resume",
        "delegation.grant",
        "scan.failed",
    }
    ends = asked(
        console,
        "SELECT accepted_until - (now() AT TIME ZONE 'Africa/Lubumbashi')::date FROM system_alerts"
        " WHERE status = 'RESOLVED' AND resolution_decision = 'ACCEPTE'"
        " AND accepted_until >= (now() AT TIME ZONE 'Africa/Lubumbashi')::date",
    )
    assert ends == [(1,)]
    # What stands is what the depot says: the first real scan found nothing to open and nothing to close.
    assert "12 lignes, 0 ouvertes, 0 rouvertes, 0 changées, 0 closes" in console.output
    # The clock is the server's again.
    left = "SELECT count(*) FROM pg_proc WHERE prosrc LIKE '%past_instant%'"
    assert asked(console, left) == [(0,)]


def test_a_second_start_names_the_first(console):
    second = console.command("run")
    assert second.returncode == 1
    assert second.stdout == ""
    (line,) = second.stderr.splitlines()
    assert f"process {console.process.pid}" in line
    assert f"http://127.0.0.1:{console.port}" in line
    assert console.get("/health/ready")[0] == 200


def test_a_scan_in_a_second_terminal_shares_the_server(console):
    server = Postmaster(console.var / "pg").pid()
    scan = console.command("sync_alerts")
    assert (scan.returncode, scan.stderr) == (0, "")
    assert Postmaster(console.var / "pg").pid() == server
    assert console.get("/health/ready")[0] == 200


def test_a_database_that_hangs_is_not_waited_for(console):
    pid = Postmaster(console.var / "pg").pid()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        before = time.monotonic()
        assert console.get("/health/ready")[0] == 503
        assert time.monotonic() - before < 5
        assert console.get("/health/live")[0] == 200
    finally:
        os.kill(pid, signal.SIGCONT)
    # For a few seconds nobody else is made to wait for a server that was silent.
    assert eventually(lambda: console.get("/health/ready")[0] == 200, within=15)


def test_without_its_database_the_console_says_so_and_starts_it_again(console):
    server = embedded.Server(console.var / "pg")
    with server._alone():  # nobody starts it in the meantime
        server._postmaster.stop()
        assert console.get("/health/live") == (200, {"live": True})
        status, body = console.get("/health/ready")
        assert status == 503
        assert body["ready"] is False
        assert body["database"] == {"ok": False, "detail": "does not answer"}
        assert console.get("/health")[0] == 503
    assert eventually(lambda: console.get("/health/ready")[0] == 200, within=15)
    # The other process may meet the outage only now, and says so once.
    assert eventually(lambda: console.get("/governance/integrity")[0] == 302, within=15)


def test_a_database_that_is_killed_starts_again_and_keeps_its_data(console):
    killed = Postmaster(console.var / "pg").pid()
    assert killed is not None
    with psycopg.connect(embedded.url("depot", "depot_owner", console.var / "pg")) as connection:
        connection.execute("COMMENT ON DATABASE depot IS 'before the kill'")
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: console.get("/health/ready")[0] == 200, within=30)
    assert Postmaster(console.var / "pg").pid() not in (None, killed)
    with psycopg.connect(embedded.url("depot", "depot_owner", console.var / "pg")) as connection:
        found = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'depot'"
        )
        assert found.fetchone() == ("before the kill",)


def test_a_database_that_cannot_start_again_ends_the_launcher_with_one_line(var):
    with running(var) as console:
        (var / "pg" / "postgresql.conf").write_text("no_such_setting = 1\n")
        pid = Postmaster(var / "pg").pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        output, _ = console.process.communicate(timeout=30)
        assert console.process.returncode == 1
        assert "· PostgreSQL ended by itself and starts again" in output.splitlines()
        assert sum("PostgreSQL did not start" in line for line in output.splitlines()) == 1
        assert console.processes() == []
    (var / "pg" / "postgresql.conf").write_text("")


def test_a_port_in_use_is_told_before_any_work(tmp_path):
    console = Console(tmp_path / "var")
    with socket.create_server(("127.0.0.1", console.port)):
        refused = console.command("run")
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert f"Port {console.port}" in line
    assert not (console.var / "pg").exists()


def test_after_ctrl_c_nothing_runs_and_the_next_start_finds_the_data(var):
    with running(var) as console:
        depot = embedded.url("depot", "depot_owner", var / "pg")
        with psycopg.connect(depot) as connection:
            connection.execute("COMMENT ON DATABASE depot IS 'kept'")
        before = time.monotonic()
        console.signal(signal.SIGINT)
        assert console.end() == 0
        assert time.monotonic() - before < 10
        assert console.processes() == []
    with running(var) as console, psycopg.connect(depot) as connection:
        assert "scenario" not in console.output  # not loaded twice
        found = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'depot'"
        )
        assert found.fetchone() == ("kept",)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_impatience_does_not_cut_a_stop_short(var, number):
    with running(var) as console:
        console.signal(number)
        time.sleep(0.2)
        console.signal(signal.SIGINT)
        assert console.end() == 0
        assert console.processes() == []


def test_after_a_kill_the_next_start_recovers(var):
    with running(var) as killed:
        killed.process.kill()
        assert Postmaster(var / "pg").pid() is not None  # orphaned
        with running(var, PORT=str(killed.port)) as console:
            console.port = killed.port
            assert console.get("/health/ready")[0] == 200
            console.signal(signal.SIGINT)
            assert console.end() == 0
            assert eventually(lambda: console.processes() == [], within=5), console.processes()


def test_a_web_server_that_dies_ends_the_launcher(var):
    with running(var) as console:
        children = psutil.Process(console.process.pid).children()
        (web,) = (child for child in children if "gunicorn" in child.cmdline())
        web.kill()
        output, _ = console.process.communicate(timeout=15)
        assert console.process.returncode == 1
        assert "The web server ended by itself" in output
        assert eventually(lambda: console.processes() == [], within=10), console.processes()
