"""Processes of the trial: who runs them, how they are waited for, and how all of them are ended."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

SBIN = f"{os.environ['PATH']}:/usr/sbin:/usr/lib/postgresql/15/bin"
# program -> what Debian calls its package
NEEDED = {
    "patroni": "patroni",
    "etcd": "etcd-server",
    "haproxy": "haproxy",
    "pgbouncer": "pgbouncer",
    "initdb": "postgresql-15",
}


def missing() -> list[str]:
    """Packages that the trial needs and this machine has not, and what else is not as it must be."""
    found = [package for name, package in NEEDED.items() if not shutil.which(name, path=SBIN)]
    return found + (
        ["to be run as root, which hands its servers to the user postgres"] if os.geteuid() else []
    )


def program(name: str) -> str:
    found = shutil.which(name, path=SBIN)
    assert found, name
    return found


class Node:
    """One process with all its children; `command` is run again by `start` after `kill`."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.name, self.command, self.log = name, command, log
        self.user, self.environment, self.folder = user, environment, folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        account = pwd.getpwnam(self.user) if self.user else None
        more: dict[str, Any] = {}
        if account:
            more = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder or "/",
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **more,
            )

    def kill(self) -> None:
        """As if its machine had lost power: all of its processes, at once, unasked."""
        for one in self._all():
            with suppress(psutil.NoSuchProcess):
                one.kill()
        if self.process:
            self.process.wait()

    def stop(self, within: float = 15) -> None:
        if self.process is None:
            return
        family = self._all()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(within)
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)

    def _all(self) -> list[psutil.Process]:
        """Itself and whatever descends from it; the postmaster has left Patroni's session, not its family."""
        if self.process is None:
            return []
        try:
            own = psutil.Process(self.process.pid)
            return [own, *own.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def wait(truth: Callable[[], Any], what: str, within: float = 90) -> Any:
    """What `truth` gives once it is not empty. Raises RuntimeError after `within` seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        with suppress(OSError, ValueError):
            found = truth()
            if found:
                return found
        time.sleep(0.2)
    raise RuntimeError(f"{what}: not within {within:.0f} s")


def listens(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), timeout=2):
        return True
    return False
