"""Starts what ended again, as systemd does, with the commands and the pauses of docs/deployment's units."""

import configparser
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from governance.env import BASE_DIR

UNITS = BASE_DIR / "docs" / "deployment"
INSTALLED = "/srv/governance/current/.venv/bin/python"
# The listening socket outlives the web server, and becomes its file 3.
WITH_SOCKET = "exec 3<&$0; LISTEN_PID=$$ LISTEN_FDS=1 exec "


def unit(name: str) -> tuple[str, float]:
    """The command of a unit, with our own interpreter, and its pause before a new start (seconds)."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read(UNITS / f"{name}.service", encoding="utf-8")
    service = parser["Service"]
    assert service["Restart"] == "always"
    return service["ExecStart"].replace(INSTALLED, sys.executable), float(service["RestartSec"])


class Kept:
    """One process of a service; `keep` starts it anew once its pause is over."""

    def __init__(
        self,
        name: str,
        environment: Mapping[str, str],
        log: Path,
        listener: socket.socket | None = None,
    ) -> None:
        self.command, self.pause = unit(name)
        self.environment, self.log, self.listener = environment, log, listener
        self.starts = 0
        self._ended_at: float | None = None
        self._start()

    def _start(self) -> None:
        self.starts += 1
        self._ended_at = None
        with self.log.open("ab") as log:
            self.process: subprocess.Popen[bytes] = subprocess.Popen(
                ["bash", "-c", (WITH_SOCKET if self.listener else "exec ") + self.command]
                + ([str(self.listener.fileno())] if self.listener else []),
                cwd=BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(self.listener.fileno(),) if self.listener else (),
                start_new_session=True,
            )

    def keep(self) -> None:
        if self.process.poll() is None:
            return
        if self._ended_at is None:
            self._ended_at = time.monotonic()
            with suppress(ProcessLookupError):  # what is left of it, as KillMode=mixed says
                os.killpg(self.process.pid, signal.SIGKILL)
        elif time.monotonic() > self._ended_at + self.pause:
            self._start()

    def stop(self, within: float = 40) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(within)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Keeper:
    """Keeps several things up from a thread of its own until told to stop."""

    def __init__(self, *keep: Callable[[], Any]) -> None:
        self._keep = keep
        self._over = threading.Event()
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over.wait(0.1):
            try:
                for one in self._keep:
                    one()
            except Exception as error:
                self.failure = error
                return

    def stop(self) -> None:
        """Raises what went wrong in the thread."""
        self._over.set()
        self._thread.join()
        if self.failure:
            raise self.failure
