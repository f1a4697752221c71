"""Alerta in an installation of its own, over a database of its own, with the alerts that the console has."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from governance.env import BASE_DIR
from tests.bench.client import AS_A_BROWSER, Request, Task
from tests.bench.serving import Served, serving_peer
from tests.conftest import Postgres

PYTHON = BASE_DIR / "var" / "peers" / "alerta" / "bin" / "python"
COPIES = Path(__file__).parent / "sql" / "alerta_copies.sql"
HEADERS = {"Content-Type": "application/json"}
LIST = "/alerts?page-size=200"


def _create_tables(environment: dict[str, str]) -> None:
    """Start the application once, alone: each worker would make its tables, and two at once fail."""
    subprocess.run(
        [str(PYTHON), "-c", "from alerta.app import create_app; create_app()"],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=BASE_DIR,
        check=True,
        timeout=120,
    )


class Alerta:
    """One Alerta with `stored` alerts, all open, served. Nobody signs in there: that is its default."""

    served: Served

    def __init__(self, pg: Postgres, stored: int) -> None:
        self.pg, self.stored, self.name = pg, stored, f"alerta_{stored}"
        self._number = 0

    @contextmanager
    def running(self) -> Iterator["Alerta"]:
        """Make the database, serve it, take in one alert through the API and copy it; drop all at the end."""
        with self.pg.superuser() as owner:
            owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.name)))
        environment = {
            "DATABASE_URL": self.pg.dsn(self.name),
            "SECRET_KEY": "of a bench, and of nothing else",
            "DEBUG": "0",  # its default writes a great deal of log
            "AUTH_REQUIRED": "0",
        }
        try:
            _create_tables(environment)
            with serving_peer(
                PYTHON,
                "alerta.app:create_app()",
                environment=environment,
                probe="/management/manifest",
            ) as self.served:
                self._fill()
                yield self
        finally:
            self.pg.drop(self.name)

    def _fill(self) -> None:
        browser = self.served.browser()
        first = self.takes_in(1)[0].requests[0]
        answer = browser.send(browser.request("POST", first.path, first.headers, first.body))
        browser.close()
        if answer.status != 201:
            raise RuntimeError(f"Alerta took no alert in: {answer.status} {answer.text[:300]}")
        with self._owner() as owner:
            owner.execute(COPIES.read_text(encoding="utf-8"), {"count": self.stored})
            owner.execute("VACUUM ANALYZE")

    def takes_in(self, count: int) -> list[Task]:
        """One client that hands in so many alerts, one after the other, as its API takes them."""
        return [self._task([self._alert() for _ in range(count)], accepts=(201,))]

    def lists(self, *, clients: int, seconds: float, packed: bool) -> list[Task]:
        """So many clients that ask for the list of 200 as JSON."""
        request = Request(LIST, headers=AS_A_BROWSER if packed else {})
        return [Task(self.served.port, (request,), seconds=seconds)] * clients

    def acknowledges(self, count: int) -> list[Task]:
        """One client that acknowledges so many open alerts."""
        with self._owner() as owner:
            found = owner.execute(
                "SELECT id FROM alerts WHERE status = 'open' LIMIT %s", [count]
            ).fetchall()
        body = json.dumps({"action": "ack", "text": ""}).encode()
        paths = [f"/alert/{one[0]}/action" for one in found]
        return [self._task([Request(path, "PUT", HEADERS, body) for path in paths])]

    def _task(self, requests: list[Request], *, accepts: tuple[int, ...] = (200,)) -> Task:
        return Task(self.served.port, tuple(requests), accepts=accepts)

    def _alert(self) -> Request:
        """Like the console's own of tests.bench.world; its resource is new each time."""
        self._number += 1
        body = {
            "resource": "bac-00000000" if self._number == 1 else f"neuf-{self._number:08d}",
            "event": "STOCK_NEGATIF",
            "environment": "Production",
            "severity": "critical",
            "service": ["depot"],
            "text": "Dans la citerne TANK0, le stock de gasoil du propriétaire MONALUXE est négatif : −0 L.",
            "attributes": {"citerne": "TANK1", "proprietaire": "MONALUXE", "stock_ambiant": -12.5},
        }
        return Request("/alert", "POST", HEADERS, json.dumps(body).encode())

    @contextmanager
    def _owner(self) -> Iterator["psycopg.Connection[Any]"]:
        with self.pg.superuser(self.name) as connection:
            yield connection
