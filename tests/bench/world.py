"""A console of a size, filled as years would fill it, served by gunicorn, with a director signed in."""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from urllib.parse import urlencode

import psycopg
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from alerts.intake import Snapshot
from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from integrity.scans.models import Scan
from tests.bench.client import AS_A_BROWSER, Request, Task
from tests.bench.serving import CONSOLE, FLOOR, Served, serving
from tests.bench.sizes import SIZE
from tests.conftest import Postgres, make_user
from tests.history.conftest import BULK

AT_ONCE = (
    200_000  # alerts that one scan opens; one array of all entries of a million would be too large
)
ACTIVE = 1_000  # what a depot that is looked after has, however much is stored
LIST = "/governance/integrity"
TAKE = "SELECT id::text, version FROM system_alerts WHERE status = 'OPEN' AND severity <> 'INFO' LIMIT {}"


def lines(numbers: Iterable[int], *, moved: int = 0) -> bytes:
    """Findings as a source's view writes them; one in five is critical. `moved` alters every payload."""
    payload = {"citerne": "TANK1", "proprietaire": "MONALUXE", "stock_ambiant": -12.5 - moved}
    written = json.dumps(payload)
    return "".join(
        f"STOCK_NEGATIF\t{'WARN' if n % 5 else 'CRITICAL'}\tCITERNE_STOCK\tbac-{n:08d}\t"
        f"Dans la citerne TANK{n}, le stock de gasoil du propriétaire MONALUXE est négatif : −{n} L.\t"
        f"{written}\t2026-01-01 00:00:00+00\n"
        for n in numbers
    ).encode()


@contextmanager
def database(name: str) -> Iterator[None]:
    """Django's default connection leads to this database until the block ends."""
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = "console"


class World:
    """`stored` alerts: `active` are active and the others resolved; the ledger has `entries` at least."""

    console: Served
    floor: Served

    def __init__(self, pg: Postgres, stored: int, *, active: int, entries: int = 0) -> None:
        self.pg, self.stored, self.active, self.entries = pg, stored, active, entries
        self.name = pg.create("console", template="console_template")
        self.environment = {
            "DATABASE_URL": pg.dsn(self.name, "console_app"),
            "DATABASE_OWNER_URL": pg.dsn(self.name, "console_owner"),
            "SOURCE_DEPOT_DATABASE_URL": pg.dsn("depot", "depot_reader"),
            "SCAN_INTERVAL_S": "86400",
        }
        self.cookies: dict[str, str] = {}
        self.token = ""

    @property
    def label(self) -> str:
        """The size as a report says it."""
        text = f"{self.stored:,}".replace(",", " ")
        return f"{text} active" if self.active == self.stored > ACTIVE else text

    def fill(self) -> None:
        """All through the intake and into the ledger; then all but `active` close, as a scan closes them."""
        with database(self.name):
            self._scan()
            self._lengthen_ledger()
            client = Client()
            client.force_login(make_user("directrice", {"depot": Role.DIRECTEUR}))
            self.cookies = {one.key: one.value for one in client.cookies.values()}
        with self.pg.superuser(self.name) as owner:
            owner.execute("VACUUM ANALYZE")

    def _scan(self) -> None:
        begin = timezone.now()
        with acting_as_system("scan"):
            for number, shown in enumerate(self._past()):
                _take_in(lines(shown), begin + timedelta(seconds=number))
            Scan.objects.create(
                source="depot", started_at=begin, finished_at=begin, outcome="COMPLETE"
            )

    def _past(self) -> Iterator[Iterable[int]]:
        """What each scan showed: those active now, and others that were gone by the next scan."""
        now = range(self.active)
        for first in range(self.active, max(self.stored, self.active + 1), AT_ONCE):
            yield chain(now, range(first, min(first + AT_ONCE, self.stored)))
        if self.stored > self.active:
            yield now

    def reopen(self) -> None:
        """All active alerts are open again, as after a scan to which each looks worse."""
        with database(self.name), acting_as_system("scan"):
            _take_in(lines(range(self.active), moved=1), timezone.now() + timedelta(minutes=1))
        with self.pg.superuser(self.name) as owner:
            owner.execute("VACUUM ANALYZE")

    def _lengthen_ledger(self) -> None:
        with self.pg.superuser(self.name) as owner:
            owner.execute(BULK)
            have = self.value("SELECT max(seq) FROM ledger_entry")
        for first in range(have + 1, self.entries + 1, 20_000):
            with acting_as_system("scan"), connection.cursor() as cursor:
                last = min(first + 19_999, self.entries)
                cursor.execute("SELECT test_bulk(%s, %s)", [first, last])

    @contextmanager
    def served(self) -> Iterator[None]:
        """The console and its floor, each in a gunicorn of its own."""
        with (
            serving(CONSOLE, environment=self.environment) as self.console,
            serving(FLOOR, environment=self.environment) as self.floor,
        ):
            yield

    def value(self, query: str) -> Any:
        """One value, past row security."""
        with self.pg.superuser(self.name) as owner:
            row = owner.execute(query).fetchone()
            return row[0] if row else None

    def open_alerts(self, count: int) -> list[tuple[str, int]]:
        """Identity and version of alerts that wait for somebody."""
        with psycopg.connect(self.pg.dsn(self.name)) as owner:
            found = owner.execute(TAKE.format(count)).fetchall()
        if len(found) < count:
            raise RuntimeError(f"{len(found)} alerts are open, {count} are needed")
        return found

    def reads(self, path: str, *, clients: int = 1, packed: bool = False) -> list[Task]:
        """So many clients that ask for a page."""
        request = Request(path, headers=AS_A_BROWSER if packed else {})
        task = Task(self.console.port, (request,), self.cookies, SIZE.turn_s)
        return [task] * clients

    def reads_floor(self, path: str, *, clients: int = 1) -> list[Task]:
        return [Task(self.floor.port, (Request(path),), seconds=SIZE.turn_s)] * clients

    def post(
        self, path: str, form: list[tuple[str, str]], *, htmx: bool = False, counted: bool = True
    ) -> Request:
        """A form that the signed-in director sends, with its token."""
        if not self.token:
            self._take_token()
        headers = {"X-CSRFToken": self.token, "Content-Type": "application/x-www-form-urlencoded"}
        if htmx:
            headers |= {"HX-Request": "true", "HX-Current-URL": f"http://127.0.0.1{LIST}"}
        return Request(path, "POST", headers, urlencode(form).encode(), counted)

    def _take_token(self) -> None:
        browser = self.console.browser(self.cookies)
        browser.get(LIST)  # sets the cookie that the token answers to
        self.cookies = dict(browser.cookies)
        self.token = self.cookies["csrftoken"]
        browser.close()

    def acts(self, requests: list[Request]) -> list[Task]:
        """One client that sends these, each once."""
        return [Task(self.console.port, tuple(requests), self.cookies, accepts=(200, 303))]


def _take_in(data: bytes, at: datetime) -> None:
    material = {"STOCK_NEGATIF": ["stock_ambiant"]}
    snapshot = Snapshot(source="depot", taken_at=at, material=material)
    with connection.cursor() as cursor, snapshot.copy(cursor) as copy:
        copy.write(data)
    snapshot.compare(versions={"STOCK_NEGATIF": "1.0.0"})
    snapshot.apply(closes=True)


@contextmanager
def worlds(made: list[World]) -> Iterator[list[World]]:
    """Fill them, serve them all at once, and drop them at the end."""
    try:
        with ExitStack() as stack:
            for world in made:
                world.fill()
            for world in made:
                stack.enter_context(world.served())
            yield made
    finally:
        for alias in ("default", "owner"):
            connections[alias].close()
        for world in made:
            world.pg.drop(world.name)
