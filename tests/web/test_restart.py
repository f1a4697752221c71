"""A restart behind systemd's socket, which outlives the server, breaks no request; a stop is announced."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from governance.core.identity.roles import Role
from governance.env import BASE_DIR
from tests.conftest import make_user
from tests.foundation.process import eventually
from tests.web.conftest import addresses

SERVE = f"exec 3<&$0; LISTEN_PID=$$ LISTEN_FDS=1 exec {sys.executable} -m gunicorn"


def start(listener: socket.socket, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """gunicorn on a socket that it is given as file 3, as systemd gives it."""
    return subprocess.Popen(
        [
            "bash",
            "-c",
            f"{SERVE} --config python:governance.serving governance.wsgi",
            str(listener.fileno()),
        ],
        cwd=BASE_DIR,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(listener.fileno(),),
        start_new_session=True,
    )


def test_no_request_breaks(fresh_console, pg, tmp_path):
    environment = addresses(pg, fresh_console, VAR_DIR=str(tmp_path))
    over = threading.Event()
    answered: list[int] = []
    broken: list[str] = []

    def crowd(port: int) -> None:
        while not over.is_set():
            try:
                with contextlib.closing(
                    http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                ) as client:
                    client.connect()
                    time.sleep(0.02)  # accepted, and not a word yet
                    client.request("GET", "/")
                    answered.append(client.getresponse().status)
            except (OSError, http.client.HTTPException) as error:
                broken.append(repr(error))

    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        port = listener.getsockname()[1]
        first: Any = start(listener, environment)
        threads = [threading.Thread(target=crowd, args=[port]) for _ in range(6)]
        try:
            for one in threads:
                one.start()
            _until(answered, 30)
            first.send_signal(signal.SIGTERM)
            assert first.wait(15) == 0
            before = len(answered)
            first = start(listener, environment)
            _until(answered, before + 30)
        finally:
            over.set()
            for one in threads:
                one.join()
            first.send_signal(signal.SIGTERM)
            first.wait(15)
    assert broken == []
    assert set(answered) == {302}


def _until(answered: list[int], count: int) -> None:
    deadline = time.monotonic() + 60
    while len(answered) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(answered) >= count


def test_it_says_that_it_stops_while_it_finishes_what_it_was_asked(fresh_console, pg, tmp_path):
    """A page waits for a lock; whoever looks after the signal is told, and the page comes whole."""
    client = Client()
    client.force_login(make_user("directeur", {"depot": Role.DIRECTEUR}))
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    environment = addresses(pg, fresh_console, VAR_DIR=str(tmp_path), DRAIN_SECONDS="1")
    environment["SECRET_KEY"] = settings.SECRET_KEY
    shutil.copytree(Path(os.environ["VAR_DIR"]) / "static", tmp_path / "static")
    with (
        socket.create_server(("127.0.0.1", 0), backlog=64) as listener,
        pg.superuser(fresh_console) as holder,
        pg.superuser(fresh_console) as watcher,  # a transaction sees activity as at its first look
        ThreadPoolExecutor(1) as crowd,
    ):
        port = listener.getsockname()[1]
        server: Any = start(listener, environment)
        try:
            assert eventually(lambda: _ask(port, "/health/ready")[0] == 200, within=60)
            with holder.transaction():
                holder.execute("LOCK TABLE system_alerts IN ACCESS EXCLUSIVE MODE")
                page = crowd.submit(_ask, port, "/governance/integrity", cookie)
                assert eventually(lambda: watcher.execute(WAITING).fetchone() == (1,), within=20)
                server.send_signal(signal.SIGTERM)
                assert eventually(lambda: _ask(port, "/health/ready")[0] == 503, within=10)
                said = json.loads(_ask(port, "/health/ready")[1])
                assert said["serving"] == {
                    "ok": False,
                    "detail": "is stopping: finishes what it was asked",
                }
                assert said["database"]["ok"]
                assert _ask(port, "/accounts/login/")[0] == 200
                assert not page.done()
            status, text = page.result(20)
            assert (status, "</html>" in text) == (200, True)
            assert server.wait(15) == 0
        finally:
            server.kill()
            server.wait(15)


WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND wait_event_type = 'Lock'"
)


def _ask(port: int, path: str, cookie: str = "") -> tuple[int, str]:
    """Status and text; 0 when nobody answers."""
    try:
        with contextlib.closing(
            http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        ) as client:
            client.request("GET", path, headers={"Cookie": cookie})
            answer = client.getresponse()
            return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
