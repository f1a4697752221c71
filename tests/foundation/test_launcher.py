"""`make run` as a newcomer meets it: real processes, real signals, a folder of its own."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from governance import embedded
from governance.postmaster import Postmaster
from tests.foundation.process import Console, eventually, running


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the whole file: every test but the first is a later start."""
    folder = tmp_path_factory.mktemp("a console") / "var"
    for parent in folder.parents[:3]:
        parent.chmod(0o755)  # the server's own user passes through, when the tests run as root
    return folder


@pytest.fixture
def console(var: Path) -> Iterator[Console]:
    with running(var) as started:
        yield started


def _depot(console: Console) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(embedded.url("depot", "depot_owner", console.var / "pg"))


def test_the_first_start_fills_the_depot_and_says_where_it_is(console):
    assert f"http://127.0.0.1:{console.port}" in console.output
    assert "scenario incident" in console.output
    for name in ("admin", "directeur", "pca", "gerant", "auditeur", "demo-governance"):
        assert name in console.output
    status, body = console.get("/health")
    assert (status, body["ready"], body["env"]) == (200, True, "local")
    assert list(body["sources"]) == ["depot"]
    assert console.get("/governance/integrity")[0] == 302


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_no_process_and_the_next_start_finds_the_data(var, number):
    with running(var) as console:
        assert "scenario" not in console.output  # not loaded twice
        with _depot(console) as depot:
            depot.execute(f"COMMENT ON DATABASE depot IS 'kept through {number}'")
        before = time.monotonic()
        console.signal(number)
        assert console.end() == 0
        assert time.monotonic() - before < 10
        assert console.processes() == []
    with running(var) as console, _depot(console) as depot:
        found = depot.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'depot'"
        )
        assert found.fetchone() == (f"kept through {number}",)


def test_impatience_does_not_cut_the_stop_short(console):
    console.signal(signal.SIGINT)
    time.sleep(0.2)
    console.signal(signal.SIGINT)
    assert console.end() == 0
    assert console.processes() == []


def test_a_second_start_names_the_first(console):
    second = console.command("run")
    assert second.returncode == 1
    assert second.stdout == ""
    (line,) = second.stderr.splitlines()
    assert f"process {console.process.pid}" in line
    assert f"http://127.0.0.1:{console.port}" in line
    assert console.get("/health/ready")[0] == 200


def test_a_port_in_use_is_told_before_any_work(tmp_path):
    console = Console(tmp_path / "var")
    with socket.create_server(("127.0.0.1", console.port)):
        refused = console.command("run")
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert f"Port {console.port}" in line
    assert not (console.var / "pg").exists()


def test_after_a_kill_the_next_start_recovers(var):
    with running(var) as killed:
        port = killed.port
        killed.process.kill()
        killed.process.communicate()
        assert Postmaster(var / "pg").pid() is not None  # orphaned
        console = Console(var, PORT=str(port))
        console.port = port
        try:
            console.start()
            assert console.get("/health/ready")[0] == 200
            console.signal(signal.SIGINT)
            assert console.end() == 0
            assert eventually(lambda: console.processes() == [], within=5), console.processes()
        finally:
            console.clean_up()


def test_a_scan_in_a_second_terminal_shares_the_server(console):
    server = Postmaster(console.var / "pg").pid()
    scan = console.command("sync_alerts")
    assert (scan.returncode, scan.stderr) == (0, "")
    assert Postmaster(console.var / "pg").pid() == server
    assert console.get("/health/ready")[0] == 200


def test_without_its_database_the_console_says_so_and_comes_back(console):
    server = embedded.Server(console.var / "pg")
    server.stop()
    assert console.get("/health/live") == (200, {"live": True})
    status, body = console.get("/health/ready")
    assert status == 503
    assert body["ready"] is False
    assert body["database"] == {"ok": False, "detail": "does not answer"}
    assert console.get("/health")[0] == 503
    server.start()
    assert console.get("/health/ready")[0] == 200
    assert console.get("/governance/integrity")[0] == 302


def test_a_database_that_hangs_is_not_waited_for(console):
    server = Postmaster(console.var / "pg")
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        before = time.monotonic()
        assert console.get("/health/ready")[0] == 503
        assert time.monotonic() - before < 5
        assert console.get("/health/live")[0] == 200
    finally:
        os.kill(pid, signal.SIGCONT)
    assert console.get("/health/ready")[0] == 200


def test_the_web_server_that_dies_ends_the_launcher(console):
    (web,) = psutil.Process(console.process.pid).children()
    web.kill()
    output, _ = console.process.communicate(timeout=15)
    assert console.process.returncode == 1
    assert "The web server ended by itself" in output
    assert eventually(lambda: console.processes() == [], within=10), console.processes()
