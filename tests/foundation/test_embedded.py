"""The embedded server: two databases, small roles, any folder name, and a start after any end."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from django.db import connection

from governance.core.database import postmaster
from governance.core.database.postgres_wheel import ServerError
from governance.core.database.postmaster import Postmaster, socket_folder
from governance.devtools.embedded import Server
from tests.foundation.process import environment, eventually


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a test's own server lives."""
    return tmp_path / "pg"


@pytest.fixture
def server_in() -> Iterator[Callable[[Path], Server]]:
    """Make throw-away servers; stopped at the end."""
    made: list[Server] = []

    def make(folder: Path) -> Server:
        made.append(Server(folder, durable=False))
        return made[-1]

    yield make
    for server in made:
        server.stop()


def _answers(server: Server) -> bool:
    with psycopg.connect(server.superuser_url("depot")) as session:
        return session.execute("SELECT current_database()").fetchone() == ("depot",)


@pytest.mark.django_db
def test_the_runtime_role_is_small():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("console_app", False, False)


@pytest.mark.parametrize(
    "name", ["Dépôt de Likasi", "x" * 120, "a\"$(touch b),'c"], ids=["spaces", "long", "quotes"]
)
def test_any_folder_name_will_do(tmp_path, name, server_in):
    server = server_in(tmp_path / name / "pg")
    assert server.start() is True
    assert server.start() is False
    assert _answers(server)
    server.stop()
    assert Postmaster(server.folder).pid() is None
    sockets = socket_folder(server.folder)
    assert sockets == server.folder or not sockets.exists()


def test_a_socket_outside_the_data_folder_is_private(tmp_path, server_in):
    server = server_in(tmp_path / ("x" * 120))
    sockets = socket_folder(server.folder)
    sockets.mkdir(mode=0o755)  # somebody was here first
    try:
        with pytest.raises(ServerError, match="belongs to somebody else"):
            server.start()
    finally:
        sockets.rmdir()
    server.start()
    assert sockets.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGQUIT])
def test_a_server_that_was_killed_starts_again(folder, number, server_in):
    server = server_in(folder)
    server.start()
    pid = Postmaster(folder).pid()
    assert pid is not None
    os.kill(pid, number)
    assert eventually(lambda: Postmaster(folder).pid() is None, within=10)
    assert server_in(folder).start() is True
    assert _answers(server)


def test_a_remembered_number_that_is_another_process_now_is_no_server(folder, server_in):
    server = server_in(folder)
    server.start()
    lines = (folder / "postmaster.pid").read_text().splitlines()
    server.stop()
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        (folder / name).write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert server_in(folder).start() is True
    assert _answers(server)


def test_an_initdb_that_was_cut_short_is_done_again(folder, server_in):
    half = folder.with_name("pg.new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server = server_in(folder)
    assert server.start() is True
    assert _answers(server)


def test_a_folder_of_somebody_else_is_left_alone(folder):
    folder.mkdir()
    (folder / "thesis.odt").touch()
    with pytest.raises(ServerError, match="neither empty nor a PostgreSQL folder"):
        Server(folder).start()


def test_a_folder_of_another_version_is_left_alone(folder):
    folder.mkdir()
    (folder / "PG_VERSION").write_text("16\n")
    with pytest.raises(ServerError, match="made by PostgreSQL 16"):
        Server(folder).start()


BORROWER = """
import sys
from pathlib import Path
from governance.devtools.embedded import Server
server = Server(Path(sys.argv[1]), durable=False)
server.borrow()
print("ready", flush=True)
sys.stdin.readline()
server.give_back()
"""


def _borrower(folder: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", BORROWER, str(folder)],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_the_last_borrower_stops_the_server(folder):
    first, second, killed = (_borrower(folder) for _ in range(3))
    killed.kill()
    killed.communicate()
    first.communicate("\n")
    assert Postmaster(folder).pid() is not None
    second.communicate("\n")
    assert Postmaster(folder).pid() is None


def test_a_child_that_ends_while_somebody_looks_is_reaped(folder, monkeypatch):
    server = Postmaster(folder, durable=False)
    server.start()
    pid = server.pid()
    assert pid is not None

    def ends_during_the_look(number: int) -> bool:
        process = psutil.Process(number)
        return not eventually(lambda: process.status() == psutil.STATUS_ZOMBIE, within=10)

    monkeypatch.setattr(postmaster, "_is_alive", ends_during_the_look)
    monkeypatch.setattr(server, "pid", lambda: pid)
    server.stop()
    assert not psutil.pid_exists(pid)
