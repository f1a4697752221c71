"""The real console for a browser: gunicorn over a database that each test gets anew.

Knows the product only by its commands and addresses; what a page shows is the tests' business.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any, TypeVar

import psycopg
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connections
from django.test import Client, override_settings

from governance.core.identity import demonstration
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import User
from governance.core.identity.roles import Role
from governance.devtools import demo
from governance.env import BASE_DIR
from integrity.depot import scenario_load
from integrity.proofs.runs import proofs_run
from integrity.scans.models import ScanOutcome
from integrity.scans.scan import scan_run
from tests.access.row_security.pictured import audited
from tests.browser.full import crowd
from tests.browser.month import live_through, look_again
from tests.conftest import make_user

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.conftest import Postgres

LIVE = "browser_live"
SERVE = [sys.executable, "-m", "gunicorn"]
EMAIL = "directeur@depot.invalid"
# Beside the demonstration's accounts: a director of another place, and somebody without a role.
OTHERS: dict[str, dict[str, Role | str]] = {"ailleurs": {"autre": Role.DIRECTEUR}, "nouveau": {}}

T = TypeVar("T")


# state -> (the state it comes after, what happens)
MADE: dict[str, tuple[str, Callable[[Site], None]]]
MADE = {
    "month": ("calm", live_through),
    "today": ("month", look_again),
    "full": ("incident", crowd),
    "audited": ("calm", lambda site: site.call(audited)),
}


class Site:
    """One server for all tests; `show(state)` puts one of the prepared databases behind it."""

    def __init__(self, pg: Postgres, depot: str, log: IO[bytes]) -> None:
        self._pg, self._depot, self._log = pg, depot, log
        self._kept: list[str] = []
        self._shown: tuple[str, tuple[object, ...] | None] | None = None
        self.sessions: dict[str, str] = {}  # name -> session cookie
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sources = {"depot": pg.dsn(depot, "depot_reader")}

    # --- states of the console's database ---------------------------------------------------------

    def prepare(self) -> None:
        """Two states: `calm`, a complete scan of a depot in which nothing is wrong, then `incident`."""
        self._pg.create("console", template="console_template", name=LIVE)
        self.call(self._people)
        self.scan()
        self.keep("calm")
        self.load("incident")
        self.scan()
        self.keep("incident")

    def _people(self) -> None:
        demo.accounts_create()
        for name, roles in OTHERS.items():
            make_user(name, roles)
        # The server knows nothing of the tests' cheap hashes; one dear one is enough for the sign-in form.
        password = PBKDF2PasswordHasher().encode(demonstration.PASSWORD, "salt-of-the-tests")
        with acting_as_system("install"):
            # Nobody is here for the first time, or the three sentences would stand on every home page.
            User.objects.update(password=password, tour_dismissed_at=datetime.now(UTC))
            User.objects.filter(username="directeur").update(email=EMAIL)
            users = list(User.objects.all())
        for user in users:
            client = Client()
            client.force_login(user)
            self.sessions[user.username] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def signs_in(self, context: BrowserContext, name: str) -> None:
        """Give a browser that person's session, without the form; without a name it stays a stranger's."""
        if name:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": self.sessions[name]}
            context.add_cookies([{**cookie, "url": self.url}])  # type: ignore[typeddict-item]

    def load(self, scenario: str, *, now: datetime | None = None) -> None:
        """Give the depot a scenario's rows, as of `now`."""
        with psycopg.connect(self._pg.dsn(self._depot, "depot_owner")) as connection:
            scenario_load(connection, scenario, now=now or datetime.now(UTC))

    def scan(self) -> None:
        with override_settings(SOURCES=self.sources):
            scan = self.call(lambda: scan_run(source="depot"))
        assert scan.outcome == ScanOutcome.COMPLETE, scan.error

    def prove(self) -> None:
        """Run the proofs of all rules on the depot."""
        proofs_run(source="depot", url=self._pg.dsn(self._depot, "depot_owner"))

    def keep(self, state: str) -> None:
        """Remember the console's database as it is now under a name for `show`."""
        self._without_guests(LIVE)
        self._pg.create("console", template=LIVE, name=f"browser_{state}")
        self._kept.append(state)

    def show(self, state: str) -> None:
        """Put a kept state behind the server; nothing to do where it stands there untouched."""
        if (state, self._touched()) == self._shown:
            return
        if state in MADE and state not in self._kept:  # when a test first asks for it
            before, make = MADE[state]
            self.show(before)
            make(self)
            self.keep(state)
        self._without_guests(LIVE)
        self._pg.drop(LIVE)
        self._pg.create("console", template=f"browser_{state}", name=LIVE)
        self._shown = state, self._touched()

    def _touched(self) -> tuple[object, ...] | None:
        """Differs after whatever somebody did: every deed is in the ledger, sign-ins are in sessions."""
        with self._pg.superuser(LIVE) as connection:
            return connection.execute(
                "SELECT (SELECT seq FROM ledger_head),"
                " (SELECT array_agg(session_key ORDER BY session_key) FROM django_session),"
                " (SELECT array_agg(tour_dismissed_at ORDER BY id) FROM governance_user),"
                " (SELECT array_agg(language ORDER BY id) FROM governance_user),"
                " (SELECT count(*) FROM saved_filter),"
                " (SELECT array_agg((density, looked_at)::text) FROM desk_choice)"
            ).fetchone()

    def speaks(self, page: Page, name: str, language: str) -> None:
        """That person, or the stranger of that page, reads this language until the state is shown anew."""
        if name:
            self.call(lambda: self._choose(name, language))
        else:
            cookie = {"name": "django_language", "value": language, "url": self.url}
            page.context.add_cookies([cookie])  # type: ignore[list-item]

    @staticmethod
    def _choose(name: str, language: str) -> None:
        with acting_as_system("test"):
            person = User.objects.get(username=name)
        with acting_as_user(person.pk):
            User.objects.filter(pk=person.pk).update(language=language)

    def superuser(self) -> AbstractContextManager[psycopg.Connection[Any]]:
        """The live database past row security, to read what was recorded."""
        return self._pg.superuser(LIVE)

    def forget(self) -> None:
        for name in [LIVE, *(f"browser_{state}" for state in self._kept)]:
            self._pg.drop(name)

    def _without_guests(self, database: str) -> None:
        """End what is connected to it: a DROP that finds somebody waits for a tenth of a second."""
        with self._pg.superuser() as connection:
            while connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [database],
            ).rowcount:
                time.sleep(0.002)

    def call(self, function: Callable[[], T]) -> T:
        """Run something on the live database, in a thread: Django refuses to work beside a loop."""

        def run() -> T:
            aliases = [connections[alias] for alias in ("default", "owner")]
            before = [one.settings_dict["NAME"] for one in aliases]
            for one in aliases:
                one.settings_dict["NAME"] = LIVE
            try:
                return function()
            finally:
                for one, name in zip(aliases, before, strict=True):
                    one.close()
                    one.settings_dict["NAME"] = name

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(run).result()

    # --- the server ----------------------------------------------------------------------------------

    @contextmanager
    def serving(self) -> Iterator[None]:
        environment = os.environ | {
            "DATABASE_URL": self._pg.dsn(LIVE, "console_app"),
            "DATABASE_OWNER_URL": self._pg.dsn(LIVE, "console_owner"),
            "SOURCE_DEPOT_DATABASE_URL": self.sources["depot"],
            "SOURCE_DEPOT_NAME": "Dépôt de Lubumbashi",
            "SCAN_INTERVAL_S": "86400",  # a slow run must not make its own scan old
            "APP_RELEASE": "v0.1.0",
            "PORT": str(self.port),
            "DATABASE_CONN_MAX_AGE": "60",  # as in production; to connect takes as long as a page
            "SERVED_BY_LAUNCHER": "1",  # ends with us, however we end
        }
        server = subprocess.Popen(
            [*SERVE, "--config", "python:governance.serving", "governance.wsgi"],
            cwd=BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
        )
        try:
            self._wait(server)
            yield
        finally:
            if server.stdin:
                server.stdin.close()
            server.terminate()
            server.wait(20)

    def _wait(self, server: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + 60
        while server.poll() is None and time.monotonic() < deadline:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/health/live")
                connection.getresponse().read()
            except OSError:
                time.sleep(0.1)
            else:
                return
            finally:
                connection.close()
        raise RuntimeError(f"The server did not start:\n{self.log()}")

    def log(self) -> str:
        """Everything that the server wrote so far."""
        self._log.flush()
        with open(self._log.name, encoding="utf-8") as written:  # noqa: PTH123
            return written.read()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
