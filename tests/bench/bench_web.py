"""What pages and actions cost through gunicorn, beside the floor and at several sizes; run by `make bench`.

In one run and alternating, so that a machine whose speed drifts drifts for all. Sign-in is excluded: the
session is made directly. Of the stored alerts `ACTIVE` are active and the others resolved, as after years.
"""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from alerts.intake import Snapshot
from governance.roles import Role
from governance.sql import acting_as_system
from integrity.models import Scan
from tests.bench.load import Browser, Timing, timed
from tests.bench.serving import CONSOLE, FLOOR, Served, serving
from tests.conftest import Postgres, make_user

SIZES = [int(one) for one in os.environ.get("BENCH_SIZES", "1000,100000").split(",")]
ACTIVE = 1_000
ROUNDS, REQUESTS = 3, 40  # per figure: ROUNDS turns of REQUESTS requests
LIST = "/governance/integrity"
FIRST = r'data-alert-id="([0-9a-f-]{36})"[^>]*data-status="OPEN"[^>]*data-version="(\d+)"'


class World:
    """One console of a size, served, with a director signed in."""

    def __init__(self, pg: Postgres, size: int) -> None:
        self.pg, self.size = pg, size
        self.name = pg.create("console", template="console_template")
        self.environment = {
            "DATABASE_URL": pg.dsn(self.name, "console_app"),
            "DATABASE_OWNER_URL": pg.dsn(self.name, "console_owner"),
            "SOURCE_DEPOT_DATABASE_URL": pg.dsn("depot", "depot_reader"),
            "SCAN_INTERVAL_S": "86400",
        }
        self.console: Served
        self.floor: Served
        self.cookies: dict[str, str] = {}

    def fill(self) -> None:
        """All through the intake and into the ledger; then all but ACTIVE close, as a scan closes them."""
        connection.close()
        connection.settings_dict["NAME"] = self.name
        begin = timezone.now()
        with acting_as_system("scan"):
            for number, count in enumerate((self.size, min(ACTIVE, self.size))):
                snapshot = Snapshot(source="depot", taken_at=begin + timedelta(seconds=number))
                with connection.cursor() as cursor, snapshot.copy(cursor) as copy:
                    copy.write(lines(count))
                snapshot.compare(versions={"STOCK_NEGATIF": "1.0.0"})
                snapshot.apply(closes=True)
            Scan.objects.create(
                source="depot", started_at=begin, finished_at=begin, outcome="COMPLETE"
            )
        client = Client()
        client.force_login(make_user("directrice", {"depot": Role.DIRECTEUR}))
        self.cookies = {one.key: one.value for one in client.cookies.values()}
        connection.close()
        connection.settings_dict["NAME"] = "console"
        with self.pg.superuser(self.name) as owner:
            owner.execute("VACUUM ANALYZE")

    def browser(self) -> Browser:
        return Browser(self.console.port, self.cookies)


def lines(count: int) -> bytes:
    """Findings as a source's view writes them; one in five is critical."""
    payload = json.dumps({"citerne": "TANK1", "stock_15c": -12.5, "proprietaire": "MONALUXE"})
    return "".join(
        f"STOCK_NEGATIF\t{'WARN' if n % 5 else 'CRITICAL'}\tCITERNE_STOCK\tbac-{n:08d}\t"
        f"Dans la citerne TANK{n}, le stock de gasoil du propriétaire MONALUXE est négatif : −{n} L.\t"
        f"{payload}\t2026-01-01 00:00:00+00\n"
        for n in range(count)
    ).encode()


@pytest.fixture
def worlds(django_db_setup: None, django_db_blocker: Any, pg: Postgres) -> Iterator[list[World]]:
    with django_db_blocker.unblock(), ExitStack() as stack:
        made = [World(pg, size) for size in SIZES]
        for world in made:
            world.fill()
            world.console = stack.enter_context(serving(CONSOLE, environment=world.environment))
            world.floor = stack.enter_context(serving(FLOOR, environment=world.environment))
        yield made
        for alias in ("default", "owner"):
            connections[alias].close()
    for world in made:
        pg.drop(world.name)


def best(timings: list[Timing]) -> Timing:
    """The median turn: half were slower, half faster."""
    return sorted(timings, key=lambda one: one.p50_ms)[len(timings) // 2]


def alternating(asks: dict[str, list[Callable[[], object]]]) -> dict[str, Timing]:
    """Each in turn, ROUNDS times; the first turn warms and is not counted."""
    found: dict[str, list[Timing]] = {name: [] for name in asks}
    for turn in range(ROUNDS + 1):
        for name, ask in asks.items():
            timing = timed(ask, requests=REQUESTS)
            if turn:
                found[name].append(timing)
    return {name: best(timings) for name, timings in found.items()}


def again(browser: Browser, path: str, **headers: str) -> Callable[[], object]:
    request = browser.request("GET", path, headers)

    def ask() -> object:
        answer = browser.send(request)
        if answer.status not in (200, 304):
            raise RuntimeError(f"{path}: {answer.status}")
        return answer

    return ask


def readings(world: World, clients: int) -> dict[str, list[Callable[[], object]]]:
    """What is read, each by so many clients."""
    tag = world.browser().get(LIST).headers["etag"]
    paths = {"integrity, 200 rows": LIST, "home": "/governance", "history": "/governance/history"}
    asks = {
        name: [again(world.browser(), path) for _ in range(clients)] for name, path in paths.items()
    }
    asks["integrity, 304"] = [
        again(world.browser(), LIST, If_None_Match=tag) for _ in range(clients)
    ]
    asks["floor, 200 rows"] = [again(Browser(world.floor.port), "/") for _ in range(clients)]
    return asks


def acted(world: World, count: int) -> dict[str, float]:
    """Median milliseconds of an acknowledgement and of a resolution, htmx row update included."""
    browser = world.browser()
    page = browser.get(f"{LIST}?status=OPEN").text
    (token,) = set(re.findall(r'X-CSRFToken": "(\w+)"', page))
    rows = re.findall(FIRST, page)[: 2 * count]
    form = [("note", "n"), ("cause", "AUTRE"), ("decision", "CORRIGE")]
    spent: dict[str, list[float]] = {"acknowledge": [], "resolve": []}
    for number, (pk, version) in enumerate(rows):
        what, more = (("acknowledge", []), ("resolve", form))[number % 2]
        path = f"/governance/alerts/{pk}/{'ack' if what == 'acknowledge' else 'resolve'}"
        headers = {"X-CSRFToken": token, "HX-Request": "true", "HX-Current-URL": f"http://x{LIST}"}
        start = time.perf_counter()
        answer = browser.post(path, [("version", version), *more], **headers)
        spent[what].append((time.perf_counter() - start) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
    return {what: sorted(took)[len(took) // 2] for what, took in spent.items()}


def test_bench_web(worlds: list[World]) -> None:
    report: list[dict[str, Any]] = []
    for clients in (1, 8):
        asks = {
            f"{name}|{world.size}": ask
            for world in worlds
            for name, ask in readings(world, clients).items()
        }
        found = alternating(asks)
        for key, timing in found.items():
            name, _, size = key.partition("|")
            floor = found[f"floor, 200 rows|{size}"]
            small = found[f"{name}|{SIZES[0]}"]
            report.append(
                {
                    "what": name,
                    "clients": clients,
                    "stored": int(size),
                    "p50_ms": round(timing.p50_ms, 2),
                    "per_second": round(timing.per_second, 1),
                    "times_floor": round(timing.p50_ms / floor.p50_ms, 2),
                    "growth": round(timing.p50_ms / small.p50_ms, 2),
                }
            )
    acts = {world.size: acted(world, 40) for world in worlds}
    for stored, spent in acts.items():
        for what, ms in spent.items():
            report.append(
                {
                    "what": what,
                    "clients": 1,
                    "stored": stored,
                    "p50_ms": round(ms, 2),
                    "growth": round(ms / acts[SIZES[0]][what], 2),
                }
            )
    print(f"\n{'':<22} clients   stored      p50     per s  × floor   growth")
    for row in report:
        print(
            f"{row['what']:<22} {row['clients']:>7} {row['stored']:>8} {row['p50_ms']:>6.1f} ms"
            f" {row.get('per_second', ''):>9} {row.get('times_floor', ''):>8} {row['growth']:>8}"
        )
    for world in worlds:
        page = world.browser().get(LIST, Accept_Encoding="gzip")
        weight = ", ".join(f"{one:.0f}" for one in world.console.worker_rss())
        print(
            f"{world.size} stored: workers {weight} MiB (RSS), page {len(page.body):,} bytes gzipped"
        )
    target = Path(settings.VAR) / "bench-web.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(report, indent=1))
