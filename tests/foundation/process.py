"""Runs the real commands as a terminal would: own session, own var folder, nothing of the test run's."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil

from governance.env import BASE_DIR

# Empty counts as none, and keeps a developer's .env out, too.
CLEAN = dict.fromkeys(
    [
        "ALLOWED_HOSTS",
        "APP_ENV",
        "APP_RELEASE",
        "DATABASE_OWNER_URL",
        "DATABASE_URL",
        "DEPOT_OWNER_URL",
        "EMBEDDED_POSTGRES",
        "PORT",
        "SECRET_KEY",
        "SOURCE_DEPOT_DATABASE_URL",
        "VAR_DIR",
    ],
    "",
)
PRODUCTION = {
    "APP_ENV": "production",
    "APP_RELEASE": "v1.0.0",
    "ALLOWED_HOSTS": "console.invalid",
    "DATABASE_URL": "postgresql://console_app@127.0.0.1:1/console",
    "SECRET_KEY": "k3Yq0W9xv7T2mB8zR4nLs6HdJfPcGuQa1EoViXtM5yNwUbZg-rDlKh",
}


def environment(**values: str) -> dict[str, str]:
    """The test run's environment without its settings, and with these."""
    return os.environ | CLEAN | values


def python(*arguments: str, **values: str) -> "subprocess.CompletedProcess[str]":
    """Run the interpreter in the checkout to its end."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=BASE_DIR,
        env=environment(**values),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Console:
    """`manage.py run` on a folder of its own."""

    def __init__(self, var: Path, **values: str) -> None:
        self.var = var
        self.port = free_port()
        self.environment: Mapping[str, str] = {"VAR_DIR": str(var), "PORT": str(self.port)} | values
        self.output = ""

    def start(self) -> None:
        """Start, and wait until it says where it is."""
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=BASE_DIR,
            env=environment(**self.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        seen = []
        for line in self.process.stdout:
            seen.append(line)
            if "Ctrl-C stops it" in line:
                break
        self.output = "".join(seen)
        assert "Ctrl-C stops it" in self.output, self.output

    def signal(self, number: int) -> None:
        """To the whole group, as a terminal's Ctrl-C is."""
        os.killpg(self.process.pid, number)

    def end(self) -> int:
        """Wait for the end; the exit status."""
        self.process.communicate(timeout=15)
        return self.process.returncode

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A manage.py command in a second terminal."""
        return python("manage.py", *arguments, **self.environment)

    def get(self, path: str, *, timeout: float = 10) -> tuple[int, Any]:
        """Status and JSON (or text) of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read().decode()
            is_json = response.headers.get_content_type() == "application/json"
            return response.status, json.loads(body) if is_json else body

    def processes(self) -> list[str]:
        """Command lines of everything that still runs for this console."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                command = " ".join(process.cmdline())
                if str(self.var) in command or process.environ().get("VAR_DIR") == str(self.var):
                    found.append(command)
        return found

    def clean_up(self) -> None:
        """Leave nothing behind, whatever the test did."""
        from governance.core.database.postmaster import Postmaster

        if hasattr(self, "process"):
            # In good order first: a worker without its launcher takes half a minute to give up.
            for number in (signal.SIGTERM, signal.SIGKILL):
                if self.process.poll() is None:
                    self.process.send_signal(number)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        self.process.wait(15)
            if self.process.stdout and not self.process.stdout.closed:
                self.process.communicate()
        Postmaster(self.var / "pg").stop()


def eventually(truth: Any, *, within: float) -> bool:
    """Whether `truth()` comes about in time (seconds)."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if truth():
            return True
        time.sleep(0.1)  # asking costs a connection
    return False


@contextlib.contextmanager
def running(var: Path, **values: str) -> Iterator[Console]:
    """A started console, cleaned up at the end."""
    console = Console(var, **values)
    for parent in var.parents[:3]:
        parent.chmod(0o755)  # the server's own user passes through, when the tests run as root
    try:
        console.start()
        yield console
    finally:
        console.clean_up()
