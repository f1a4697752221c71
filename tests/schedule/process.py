"""Real workers on a console database of the test's own."""

import json
import os
import signal
import subprocess
import sys
import time
from io import StringIO
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connections

from governance.env import BASE_DIR


def without_sources() -> dict[str, str]:
    """The environment of the test run, without its embedded server and its sources."""
    return {
        name: value
        for name, value in os.environ.items()
        if not (name.startswith("SOURCE_") or name in ("DEPOT_OWNER_URL", "EMBEDDED_POSTGRES"))
    }


def environment(pg: Any, console: str, **values: str) -> dict[str, str]:
    """What a worker of this console sees: two addresses, the sources, and nothing of the machine's."""
    return without_sources() | {
        "DATABASE_URL": pg.dsn(console, "console_app"),
        "DATABASE_OWNER_URL": pg.dsn(console, "console_owner"),
        "LOG_LEVEL": "INFO",
        **values,
    }


class WorkerProcess:
    """`manage.py worker`, started; its log is the list of its JSON lines.

    With arguments it is `hasty_worker.py`.
    """

    def __init__(self, values: dict[str, str], *arguments: str, folder: Any) -> None:
        self.log_path = folder / f"worker-{time.monotonic_ns()}.log"
        command = ["-m", "tests.schedule.hasty_worker"] if arguments else ["manage.py", "worker"]
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command, *arguments],
                cwd=BASE_DIR,
                env=values,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log_path.read_text().splitlines()]

    @property
    def is_up(self) -> bool:
        """Whether it works, and so hears a signal."""
        return '"message": "working"' in self.log_path.read_text()

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self, *, within: float = 30) -> int:
        """SIGTERM, and the exit status; fails when it takes longer."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within)


def rows(pg: Any, database: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """A query past row security."""
    with pg.superuser(database) as connection:
        found: list[tuple[Any, ...]] = connection.execute(query, values or None).fetchall()
        return found


def manage(values: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A manage.py command, run to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env=values,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def here(*arguments: str) -> tuple[int, str, str]:
    """A manage.py command on the test's own console and sources: its exit code, and both its outputs."""
    out, err = StringIO(), StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue().strip(), err.getvalue().strip()
    return 0, out.getvalue().strip(), err.getvalue().strip()


def forked(*arguments: str, said: Path | None = None) -> BaseProcess:
    """The same in a process of its own, which begins at once: it needs no second to start Python.

    What it says on stderr is then in the file `said`.
    """

    def run() -> None:
        os.setsid()
        code, _out, err = here(*arguments)
        if said:
            said.write_text(err)
        os._exit(code)

    connections.close_all()  # a connection has one process
    process = get_context("fork").Process(target=run)
    process.start()
    return process
