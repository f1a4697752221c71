"""`make run`: sets everything up, serves until told to stop, and leaves no process behind.

Composes the other parts; nothing imports it but its command.
"""

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import StringIO
from pathlib import Path
from typing import IO

import psycopg
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connections

from governance.core.database.postgres_wheel import ServerError
from governance.core.identity import demonstration
from governance.devtools import demo, embedded
from governance.devtools.lock_file import open_lock
from governance.devtools.past import play as past
from governance.devtools.stop import Stop, StopSignals
from governance.env import BASE_DIR, port, secret_pieces_set
from governance.secrets import without
from integrity.depot import loaded_scenario
from integrity.rules.catalog import DEPOT

HOST = "127.0.0.1"
SCENARIO = "incident"
COMMAND_LIMIT = 300.0  # seconds, e.g. for a scan of all sources
READY_LIMIT = 60.0  # seconds
STOP_LIMIT = 4.0  # seconds for requests, then as many for jobs; the database has its own few
WORKER_PAUSE = 5.0  # seconds between two starts of the worker
PORT_WAIT = 8.0  # seconds for the web server of a launcher that was killed to notice it


def run() -> None:
    """Serve the console until SIGINT, SIGTERM or SIGHUP. Raises CommandError with one line."""
    stop = StopSignals()
    try:
        with ExitStack() as running:
            address = f"http://{HOST}:{port()}"
            running.enter_context(_only_launcher(address, stop))
            database = _start_database(running) if embedded.is_wanted() else None
            _prepare(stop)
            web = running.enter_context(_web_server(stop))
            worker = running.enter_context(_Worker())
            running.callback(web.terminate)  # beside the worker: both have the same seconds
            _announce(address)
            while web.poll() is None:
                if database and not database.is_running():
                    _say("PostgreSQL ended by itself and starts again")
                    database.start()  # a start that fails ends us with its one line
                worker.keep_alive()
                stop.wait(1)
            raise CommandError(f"The web server ended by itself (status {web.returncode}).")
    except Stop:
        _say("stopped")
    except ServerError:
        if not stop.asked:  # Ctrl-C reaches initdb as well, which ends with a complaint
            raise
        _say("stopped")


def _say(text: str) -> None:
    print(f"· {text}", flush=True)


# --- One launcher per folder, one server per port ------------------------------------------------


@contextmanager
def _only_launcher(address: str, stop: StopSignals) -> Iterator[None]:
    """Hold `run.lock`, which names who holds it; the kernel frees it however this process ends."""
    path = Path(settings.VAR) / "run.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_lock(path) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CommandError(
                f"The console runs already ({lock.read().strip() or 'it is just starting'})."
            ) from None
        lock.seek(0)
        was_killed = bool(lock.read().strip())
        _port_is_free(stop, patience=PORT_WAIT if was_killed else 0)
        _write(lock, f"process {os.getpid()}, {address}")
        yield
        _write(lock, "")


def _write(lock: IO[str], text: str) -> None:
    lock.truncate(0)
    lock.write(text)
    lock.flush()


def _port_is_free(stop: StopSignals, *, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port()))
            except OSError as error:
                if time.monotonic() > deadline:
                    raise CommandError(
                        f"Port {port()} cannot be used ({error.strerror}); "
                        f"choose another: PORT={port() + 1} make run"
                    ) from None
            else:
                return
        stop.wait(0.2)


# --- Before the first request --------------------------------------------------------------------


def _start_database(running: ExitStack) -> embedded.Server:
    _say("starting PostgreSQL")
    server = embedded.Server()
    running.callback(server.stop)
    server.borrow()  # so that a scan in a second terminal does not stop it when it ends
    os.environ.update(embedded.environment())
    return server


def _prepare(stop: StopSignals) -> None:
    _say("migrating the console's database")
    with stop.interrupting():
        _migrate()
    if settings.EMBEDDED and settings.DEPOT_OWNER_URL:
        _prepare_depot(stop, settings.DEPOT_OWNER_URL)
    with stop.interrupting():
        if settings.DEMONSTRATION:
            demo.accounts_create()
            demo.calendar_enter()
        call_command("collectstatic", verbosity=0, interactive=False)
    for connection in connections.all():
        connection.close()
    _say("scanning" if settings.SOURCES else "no source: set SOURCE_<SLUG>_DATABASE_URL")
    _manage(stop, "sync_alerts")
    _manage(stop, "pack", "watch")


def _migrate() -> None:
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("check", databases=["default"], stdout=StringIO())
    except DatabaseError as error:
        raise CommandError(f"The console's database cannot be used: {_one_line(error)}") from None
    except SystemCheckError as error:
        raise CommandError(_one_line(error)) from None


def _prepare_depot(stop: StopSignals, url: str) -> None:
    """Fill the embedded depot once; its view follows the rules of this checkout."""
    silent = StringIO()
    with stop.interrupting():
        with psycopg.connect(url) as connection:
            is_loaded = loaded_scenario(connection) is not None
        if not is_loaded:
            _say(f"loading the reference depot, scenario {SCENARIO}")
            call_command("load_depot", scenario=SCENARIO, database_url=url, stdout=silent)
        if settings.DEMONSTRATION and not is_loaded and past.is_wanted():
            _say("playing three months of a demonstration's past")
            entries = past.past_play(url=url, view_install=lambda: _install_view(url))
            _say(f"the ledger begins with {entries} entries")
        else:
            _install_view(url)
    if not is_loaded:
        _say("proving the rules")
        _manage(stop, "rules", "prove")  # later proofs are the nightly job's


def _install_view(url: str) -> None:
    """A rule that cannot work here has its alert; it is no reason not to start."""
    silent = StringIO()
    try:
        call_command(
            "integrity_view", source=DEPOT, fitting=True, apply=url, stdout=silent, stderr=silent
        )
    except CommandError as error:
        _say(f"the checks view stays as it is: {_one_line(error)}")


def _one_line(error: Exception) -> str:
    return without(" ".join(str(error).split()), secret_pieces_set())


# --- While it runs -------------------------------------------------------------------------------


@contextmanager
def _web_server(stop: StopSignals) -> Iterator[subprocess.Popen[bytes]]:
    """gunicorn in a session of its own: Ctrl-C is for us, who let running requests end."""
    command = [sys.executable, "-m", "gunicorn", "--config", "python:governance.serving"]
    web = subprocess.Popen(  # noqa: S603  # our own interpreter, no shell
        [*command, "governance.wsgi"],
        cwd=BASE_DIR,
        env=os.environ | {"SERVED_BY_LAUNCHER": "1"},
        stdin=subprocess.PIPE,  # closes when we are gone, and gunicorn goes, too
        start_new_session=True,
    )
    try:
        _wait_until_it_answers(web, stop)
        yield web
    finally:
        _end(web)


class _Worker:
    """`manage.py worker`, which does what is due; started anew a few seconds after it ends by itself."""

    def __enter__(self) -> "_Worker":
        self._start()
        return self

    def __exit__(self, *error: object) -> None:
        _end(self._process)

    def keep_alive(self) -> None:
        if self._process.poll() is not None and time.monotonic() > self._started + WORKER_PAUSE:
            _say(f"the worker ended by itself (status {self._process.returncode}) and starts again")
            _end(self._process)
            self._start()

    def _start(self) -> None:
        self._started = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter, no shell
            [sys.executable, str(BASE_DIR / "manage.py"), "worker"],
            env=os.environ | {"SERVED_BY_LAUNCHER": "1"},
            stdin=subprocess.PIPE,  # closes when we are gone, and the worker goes, too
            start_new_session=True,
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask, wait for a while, then leave no choice; a scan that is cut short leaves the old state."""
    process.terminate()
    try:
        process.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdin:
        process.stdin.close()


def _wait_until_it_answers(web: subprocess.Popen[bytes], stop: StopSignals) -> None:
    deadline = time.monotonic() + READY_LIMIT
    while web.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection(HOST, port(), timeout=5)
        try:
            connection.request("GET", "/health/live")
            connection.getresponse()
        except OSError:
            stop.wait(0.1)
        else:
            return
        finally:
            connection.close()
    raise CommandError("The web server did not start; its last lines above say why.")


def _manage(stop: StopSignals, *arguments: str) -> None:
    """One command in a process of its own; what it finds wrong is its alert, not our end."""
    process = subprocess.Popen(  # noqa: S603  # our own interpreter, no shell
        [sys.executable, str(BASE_DIR / "manage.py"), *arguments],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + COMMAND_LIMIT
    try:
        while process.poll() is None and time.monotonic() < deadline:
            stop.wait(0.05)
        if process.poll() is None:
            _say(f"{arguments[0]} took more than {COMMAND_LIMIT:.0f} s and was stopped")
    finally:
        _end(process)


def _announce(address: str) -> None:
    lines = [f"The console is at  {address}", f"release {settings.APP_RELEASE}, {settings.APP_ENV}"]
    if settings.DEMONSTRATION:
        lines += [
            "",
            "Demonstration accounts: admin, directeur, pca, gerant, auditeur",
            f"password of each:       {demonstration.PASSWORD}",
        ]
    lines += ["", "Ctrl-C stops it and keeps the data."]
    rule = "─" * (max(map(len, lines)) + 2)
    print("\n".join(["", rule, *(f" {line}".rstrip() for line in lines), rule, ""]), flush=True)
