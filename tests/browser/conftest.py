"""A Chromium, the console that it opens, and people who are signed in to it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)

from governance.core.identity import demonstration
from tests.browser.axe import LOADED
from tests.browser.site import Site
from tests.browser.witness import Witness
from tests.conftest import Postgres

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 10_000  # milliseconds; a busy machine is no failure
expect.set_options(timeout=PATIENCE)
DESK: ViewportSize = {"width": 1280, "height": 800}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> str:
    # The one without a window takes a third less of the processors.
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(
                "REQUIRE_BROWSER=1 and no chromium was found (Debian: apt install chromium)"
            )
        pytest.skip("no chromium was found (Debian: apt install chromium)")
    return found


@pytest.fixture(scope="package")
def served(
    chromium: str,
    django_db_setup: None,
    django_db_blocker: Any,
    pg: Postgres,
    depot_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The console over a scanned depot without a fault. No Playwright yet: Django refuses its loop."""
    depot = pg.create("depot", template=depot_template)
    log = tmp_path_factory.mktemp("browser") / "server.log"
    with django_db_blocker.unblock(), log.open("wb") as written:
        site = Site(pg, depot, written)
        site.prepare()
        with site.serving():
            yield site
        site.forget()
        pg.drop(depot)
        assert '"level": "ERROR"' not in site.log(), site.log()


@pytest.fixture(scope="package")
def playwright(served: Site) -> Iterator[Playwright]:
    # Ended with the package: its loop in this thread would trouble the tests of other folders.
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(chromium: str, playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield browser
    browser.close()


def sign_in(page: Page, name: str, password: str = demonstration.PASSWORD) -> None:
    """Fill and send the sign-in form, on the page or at its address."""
    if "/accounts/login" not in page.url:
        page.goto("/accounts/login/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="Se connecter").click()


@pytest.fixture
def site(served: Site) -> Site:
    """The incident, as the scan left it: whatever another test did is gone."""
    served.show("incident")
    return served


@pytest.fixture
def calm(served: Site) -> Site:
    """A depot with a complete scan and no anomaly."""
    served.show("calm")
    return served


class Opens(Protocol):
    def __call__(self, name: str = "", **options: Any) -> Page: ...


@dataclass(frozen=True)
class Kept:
    """A person's browser of some kind, with its one page; tests take it one after the other."""

    page: Page
    witness: Witness
    name: str
    size: ViewportSize


@pytest.fixture(scope="package")
def shelf() -> dict[object, list[Kept]]:
    """Kind -> browsers, as a new one for each test costs a third of a second. Chromium ends them."""
    return {}


@pytest.fixture
def witnesses() -> dict[BrowserContext, Witness]:
    return {}


@pytest.fixture
def opens(
    served: Site,
    browser: Browser,
    shelf: dict[object, list[Kept]],
    witnesses: dict[BrowserContext, Witness],
) -> Iterator[Opens]:
    """`opens("directeur", width=390)`: a page of that person's own browser; without a name a stranger's.

    Options: width and height in CSS pixels, everything that a Playwright context takes. The browser may
    have served an earlier test: its files are loaded, all else is wiped; `own=True` asks for a new one.
    `still=True`: for a finger, and nothing moves. At the end no browser may have complained.
    """
    taken: list[Kept] = []

    def open_one(name: str = "", *, own: bool = False, still: bool = False, **options: Any) -> Page:
        if still:
            options |= {"has_touch": True, "reduced_motion": "reduce"}
        kind = (name, str(sorted(options.items())))
        alike = [] if own else shelf.setdefault(kind, [])
        kept = next((one for one in alike if one not in taken), None)
        if kept is None:
            kept = made(name, options)
            alike.append(kept)
        kept.witness.forget()
        taken.append(kept)
        witnesses[kept.page.context] = kept.witness
        return kept.page

    def made(name: str, options: dict[str, Any]) -> Kept:
        size: ViewportSize = {
            "width": options.pop("width", DESK["width"]),
            "height": options.pop("height", DESK["height"]),
        }
        context = browser.new_context(base_url=served.url, viewport=size, locale="fr-FR", **options)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(LOADED)
        served.signs_in(context, name)
        witness = Witness(context, served.url.removeprefix("http://"))
        return Kept(context.new_page(), witness, name, size)

    yield open_one
    complaints = [one for kept in taken for one in kept.witness.complaints()]
    shared = {kept.page for alike in shelf.values() for kept in alike}
    for kept in taken:
        if kept.page in shared:
            clear(served, kept)
        else:
            kept.page.context.close()
    assert not complaints, "\n".join(complaints)


# Asks for nothing. A page that waits at an address of the console keeps its process; to leave for about:blank
# would end it, and a new one for each test takes longer than most pages.
BARE = "/health/live"
EMPTY = "if (location.protocol === 'http:') { sessionStorage.clear(); localStorage.clear(); }"


def clear(served: Site, kept: Kept) -> None:
    """Take away whatever a test may have left in a browser, but for the files that are loaded already."""
    page, context = kept.page, kept.page.context
    for other in context.pages:
        if other is not page:
            other.close()
    page.unroute_all()
    context.set_offline(False)
    page.evaluate(EMPTY)
    page.goto(BARE)
    page.emulate_media(color_scheme="null", media="null")
    page.set_viewport_size(kept.size)
    context.clear_cookies()
    served.signs_in(context, kept.name)


@pytest.fixture
def expect_complaint(
    witnesses: dict[BrowserContext, Witness],
) -> Callable[..., None]:
    """`expect_complaint(page, "409")`: the browser will report that answer, as the test wants."""

    def expect(page: Page, *words: str) -> None:
        witnesses[page.context].expect(*words)

    return expect
