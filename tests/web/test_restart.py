"""A restart behind a socket that outlives the server (systemd's) breaks no request."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any

from governance.env import BASE_DIR
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
