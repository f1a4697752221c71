"""What a browser makes of the pages: first paint, movement, weight, beside a bare page; run by `make bench`.

Each opening is that of a browser without any of the files. Pages and bare page take turns, so that a busy
machine slows both.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from integrity.scans.models import Scan
from tests.alerts.make import take_in
from tests.bench.report import Figure, Report
from tests.bench.serving import CONSOLE, Served, serving
from tests.bench.sizes import SIZE
from tests.bench.world import LIST, database
from tests.browser.conftest import FLAGS
from tests.browser.full import SHOWN, findings
from tests.browser.month import evening
from tests.browser.weight import weigh
from tests.browser.witness import OBSERVERS, layout_shifts
from tests.conftest import Postgres, make_user
from tests.ledger.backdate import ledger_backdate

BARE = "tests.bench.bare:application"
SECTION = "In a browser (Chromium without a screen, 1280 x 800, nothing cached)"
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@dataclass
class Opened:
    """What the openings of one page gave; bytes are those of the heaviest."""

    paints: list[float] = field(default_factory=list)  # ms
    shift: float = 0.0
    weight: int = 0
    files: int = 0

    @property
    def paint(self) -> float:
        return median(self.paints)


@dataclass(frozen=True)
class Shown:
    """Two servers, who is signed in to the first, and one of its alerts."""

    console: Served
    bare: Served
    cookies: dict[str, str]
    alert: str

    @property
    def pages(self) -> dict[str, str]:
        found = {
            "home": "/governance",
            f"integrity, {SHOWN} rows": LIST,
            "alert page": f"/governance/alerts/{self.alert}",
            "history, page 1": "/governance/history",
            "board report": "/governance/rapport",
        }
        return {name: f"http://127.0.0.1:{self.console.port}{path}" for name, path in found.items()}


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no chromium was found: the browser's figures are not measured")
    return found


@pytest.fixture(scope="module")
def shown(
    chromium: str, django_db_setup: None, django_db_blocker: Any, pg: Postgres
) -> Iterator[Shown]:
    """A console whose last month was bad, filled before any browser runs: Django refuses its loop."""
    name = pg.create("console", template="console_template")
    with django_db_blocker.unblock(), database(name):
        cookies = _fill()
    with pg.superuser(name) as owner:
        ledger_backdate(owner, last=evening(), apart=timedelta(minutes=5))
        owner.execute("VACUUM ANALYZE")
        row = owner.execute("SELECT id::text FROM system_alerts ORDER BY id LIMIT 1").fetchone()
    environment = {
        "DATABASE_URL": pg.dsn(name, "console_app"),
        "DATABASE_OWNER_URL": pg.dsn(name, "console_owner"),
        "SOURCE_DEPOT_DATABASE_URL": pg.dsn("depot", "depot_reader"),
        "SCAN_INTERVAL_S": "86400",
    }
    with (
        serving(CONSOLE, environment=environment) as console,
        serving(BARE, environment={}) as bare,
    ):
        yield Shown(console, bare, cookies, row[0] if row else "")
    pg.drop(name)


def _fill() -> dict[str, str]:
    begin = timezone.now()
    take_in(findings(), taken_at=begin)
    with acting_as_system("scan"):
        Scan.objects.create(source="depot", started_at=begin, finished_at=begin, outcome="COMPLETE")
    client = Client()
    client.force_login(make_user("directrice", {"depot": Role.DIRECTEUR}))
    return {one.key: one.value for one in client.cookies.values()}


@pytest.fixture(scope="module")
def browser(chromium: str, shown: Shown) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def opened(browser: Browser, address: str, cookies: dict[str, str], into: Opened) -> None:
    """Open it in a browser of its own, and keep what that gave."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="fr-FR")
    try:
        page = _page(context, address, cookies)
        bytes_of = weigh(page, address)
        moved = layout_shifts(page)
        into.paints.append(float(page.evaluate(PAINTED)))
        into.shift += sum(float(str(one["value"])) for one in moved)
        into.weight = max(into.weight, sum(bytes_of.values()))
        into.files = len(bytes_of)
    finally:
        context.close()


def _page(context: BrowserContext, address: str, cookies: dict[str, str]) -> Page:
    context.add_init_script(OBSERVERS)
    for name, value in cookies.items():
        context.add_cookies([{"name": name, "value": value, "url": address}])
    return context.new_page()


def test_pages_in_a_browser(shown: Shown, browser: Browser, report: Report) -> None:
    bare_address = f"http://127.0.0.1:{shown.bare.port}/"
    bare, found = Opened(), {name: Opened() for name in shown.pages}
    for turn in range(SIZE.turns + 1):
        for name, address in shown.pages.items():
            opened(browser, address, shown.cookies, found[name])
            opened(browser, bare_address, {}, bare)
        if turn == 0:  # it warmed both servers
            bare, found = Opened(), {name: Opened() for name in shown.pages}
    report.add(SECTION, Figure("bare page, first contentful paint", bare.paint, "ms"))
    for name, one in found.items():
        report.add(
            SECTION,
            Figure(
                f"{name}, first contentful paint", one.paint, "ms", floor=one.paint / bare.paint
            ),
            Figure(f"{name}, layout shift", one.shift, "", aims={"shift": one.shift}),
            Figure(
                f"{name}, weight of {one.files} files",
                one.weight / 1024,
                "KiB",
                floor=one.weight / bare.weight,
                aims={"weight": one.weight / 1024},
            ),
        )
    report.remark(
        f"Median of {SIZE.turns} openings, each beside one of the bare page; × floor: against the bare page."
    )
