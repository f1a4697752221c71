"""Real workers on a console database of the test's own."""

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

import psycopg
from django.db import connections

from governance.env import BASE_DIR


def environment(pg: Any, console: str, **values: str) -> dict[str, str]:
    """What a worker of this console sees: two addresses, the sources, and nothing of the machine's."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not (name.startswith("SOURCE_") or name in ("DEPOT_OWNER_URL", "EMBEDDED_POSTGRES"))
    }
    return clean | {
        "DATABASE_URL": pg.dsn(console, "console_app"),
        "DATABASE_OWNER_URL": pg.dsn(console, "console_owner"),
        "LOG_LEVEL": "INFO",
        **values,
    }


class WorkerProcess:
    """`manage.py worker`, started; its log is the list of its JSON lines."""

    def __init__(self, values: dict[str, str], *arguments: str, folder: Any) -> None:
        self.log_path = folder / f"worker-{time.monotonic_ns()}.log"
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "worker", *arguments],
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
        return connection.execute(query, values).fetchall()


def close_connections() -> None:
    for connection in connections.all():
        connection.close()


def connect(dsn: str) -> "psycopg.Connection[Any]":
    return psycopg.connect(dsn, autocommit=True)
