"""`make run` as a newcomer meets it: real processes, real signals, folders of its own."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
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
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console and its one first start, which takes longer than all that these tests ask of it."""
    with running(passable(tmp_path_factory.mktemp("a console")) / "var") as started:
        yield started


@pytest.fixture(scope="module")
def first_words(begun: Console) -> str:
    """What the first start said."""
    return begun.output


@pytest.fixture
def console(begun: Console, first_words: str) -> Console:
    """The console as it runs, started again on its folder if a test ended it."""
    if begun.process.poll() is not None:
        begun.start()
    return begun


def test_the_first_start_fills_the_depot_and_says_where_it_is(console, first_words):
    assert f"http://127.0.0.1:{console.port}" in first_words
    assert "scenario incident" in first_words
    for name in ("admin", "directeur", "pca", "gerant", "auditeur", "demo-governance"):
        assert name in first_words
    status, body = console.get("/health")
    assert (status, body["ready"], body["env"]) == (200, True, "local")
    assert body["sources"] == "ok"  # a stranger learns no name
    assert console.get("/governance/integrity")[0] == 302


def asked(console: Console, query: str) -> list[tuple[Any, ...]]:
    """What the console's database answers a superuser."""
    with psycopg.connect(embedded.url("console", "postgres", console.var / "pg")) as superuser:
        return superuser.execute(query).fetchall()


def test_a_first_start_has_lived_three_months(console, first_words):
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
    assert "12 lignes, 0 ouvertes, 0 rouvertes, 0 changées, 0 closes" in first_words
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


def test_a_port_in_use_is_told_before_any_work(tmp_path):
    console = Console(tmp_path / "var")
    with socket.create_server(("127.0.0.1", console.port)):
        refused = console.command("run")
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert f"Port {console.port}" in line
    assert not (console.var / "pg").exists()


def test_after_ctrl_c_nothing_runs_and_the_next_start_finds_the_data(console):
    depot = embedded.url("depot", "depot_owner", console.var / "pg")
    with psycopg.connect(depot) as connection:
        connection.execute("COMMENT ON DATABASE depot IS 'kept'")
    before = time.monotonic()
    console.signal(signal.SIGINT)
    assert console.end() == 0
    assert time.monotonic() - before < 10
    assert console.processes() == []
    console.start()
    assert "scenario" not in console.output  # not loaded twice
    with psycopg.connect(depot) as connection:
        found = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'depot'"
        )
        assert found.fetchone() == ("kept",)


def ends_whole(console: Console, number: int) -> None:
    """The signal stops everything, and impatience does not cut that short."""
    console.signal(number)
    time.sleep(0.2)
    console.signal(signal.SIGINT)
    assert console.end() == 0
    assert eventually(lambda: console.processes() == [], within=5), console.processes()


def test_after_a_kill_the_next_start_recovers_and_ends_whole(console):
    killed = console.process
    killed.kill()
    killed.wait()
    assert Postmaster(console.var / "pg").pid() is not None  # orphaned
    console.start()  # on the same port, which the orphans hold for a moment
    assert console.get("/health/ready")[0] == 200
    ends_whole(console, signal.SIGHUP)
    assert killed.stdout is not None
    killed.stdout.close()


def test_impatience_does_not_cut_a_stop_short(console):
    ends_whole(console, signal.SIGTERM)


def test_a_database_that_cannot_start_again_ends_the_launcher_with_one_line(console):
    settings = console.var / "pg" / "postgresql.conf"
    settings.write_text("no_such_setting = 1\n")
    try:
        pid = Postmaster(console.var / "pg").pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        output, _ = console.process.communicate(timeout=30)
    finally:
        settings.write_text("")
    assert console.process.returncode == 1
    assert "· PostgreSQL ended by itself and starts again" in output.splitlines()
    assert sum("PostgreSQL did not start" in line for line in output.splitlines()) == 1
    assert console.processes() == []


def test_a_web_server_that_dies_ends_the_launcher(console):
    children = psutil.Process(console.process.pid).children()
    (web,) = (child for child in children if "gunicorn" in child.cmdline())
    web.kill()
    output, _ = console.process.communicate(timeout=15)
    assert console.process.returncode == 1
    assert "The web server ended by itself" in output
    assert eventually(lambda: console.processes() == [], within=10), console.processes()
