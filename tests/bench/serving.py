"""gunicorn as the console runs it, over a database of the bench, with any WSGI application."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from governance.env import BASE_DIR
from governance.serving import threads, workers
from tests.bench.load import Browser

# A bench asks from one address for more than an office does; it is counted all the same, at its cost.
NO_END = {f"LIMIT_{name}_PER_MINUTE": "100000000" for name in ("ADDRESS", "SOURCE", "WRITES")}
CONSOLE, FLOOR = "governance.wsgi", "tests.bench.floor:application"


class Served:
    """A running server: its port, and what its workers weigh."""

    def __init__(self, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.port, self.process = port, process

    def browser(self, cookies: dict[str, str] | None = None) -> Browser:
        return Browser(self.port, cookies)

    def worker_unique(self) -> list[float]:
        """Memory that each worker has to itself (USS, MB): what the machine gets back when it ends."""
        workers = psutil.Process(self.process.pid).children()
        return [one.memory_full_info().uss / 1e6 for one in workers]

    def worker_resident(self) -> list[float]:
        """Resident memory of each worker (RSS, MB), with what it shares with the others."""
        workers = psutil.Process(self.process.pid).children()
        return [one.memory_info().rss / 1e6 for one in workers]


@contextmanager
def serving(
    application: str,
    *,
    environment: Mapping[str, str],
    probe: str = "/health/live",
    log: Path | None = None,
    tree: Path = BASE_DIR,
    python: str = sys.executable,
) -> Iterator[Served]:
    """Serve as the console is served until the block ends; RuntimeError without an answer in a minute.

    `log`: where its lines go, instead of nowhere. `tree`: whose files are served, by its `python`.
    """
    port = _free_port()
    command = [python, "-m", "gunicorn", "--config", "python:governance.serving"]
    whole = {
        **os.environ,
        "DATABASE_CONN_MAX_AGE": "60",
        **NO_END,
        **environment,
        "PORT": str(port),
    }
    with _running([*command, application], whole, port, probe, log, tree) as process:
        yield Served(port, process)


@contextmanager
def serving_peer(
    python: Path, application: str, *, environment: Mapping[str, str], probe: str
) -> Iterator[Served]:
    """Serve the application of another installation with as many workers and threads of the same kind."""
    port = _free_port()
    command = [str(python), "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(workers), "--threads", str(threads), "-k", "gthread"]
    whole = {"PATH": os.environ["PATH"], **environment}
    with _running([*command, application], whole, port, probe) as process:
        yield Served(port, process)


@contextmanager
def _running(
    command: list[str],
    environment: Mapping[str, str],
    port: int,
    probe: str,
    log: Path | None = None,
    folder: Path = BASE_DIR,
) -> Iterator["subprocess.Popen[bytes]"]:
    with ExitStack() as opened:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=opened.enter_context(log.open("wb")) if log else None,
            start_new_session=True,
        )
    try:
        _wait(process, port, probe)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(process: "subprocess.Popen[bytes]", port: int, probe: str) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", probe)
            connection.getresponse().read()
        except OSError:
            time.sleep(0.02)
        else:
            return
        finally:
            connection.close()
    raise RuntimeError(f"{process.args!r} did not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
