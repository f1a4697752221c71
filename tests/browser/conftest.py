"""A Chromium, the console that it opens, and people who are signed in to it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from django.conf import settings
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


@pytest.fixture(scope="package")
def shelf() -> dict[str, tuple[Page, Witness]]:
    """Browsers that several tests share: name -> its one page. Chromium ends them."""
    return {}


def cleared(page: Page) -> None:
    """A page that the next test finds as a new one; a process of its own for each costs a second."""
    for other in page.context.pages:
        if other is not page:
            other.close()
    page.unroute_all()
    page.evaluate("location.protocol === 'http:' && sessionStorage.clear()")
    page.context.clear_cookies(name=settings.LANGUAGE_COOKIE_NAME)
    page.goto("about:blank")
    page.emulate_media(color_scheme="null", media="null")
    page.set_viewport_size(DESK)


@pytest.fixture
def witnesses() -> dict[BrowserContext, Witness]:
    return {}


@pytest.fixture
def opens(
    served: Site,
    browser: Browser,
    shelf: dict[str, tuple[Page, Witness]],
    witnesses: dict[BrowserContext, Witness],
) -> Iterator[Opens]:
    """`opens("directeur", width=390)`: a page of that person's own browser; without a name a stranger's.

    Options: width and height in CSS pixels, everything that a Playwright context takes. At the end no
    browser may have complained. `shared=True`, alone: a page in the one browser of that person whose
    files are loaded already and in which nothing moves, for tests that leave its cookies and network alone.
    """

    def open_shared(name: str) -> Page:
        if name not in shelf:
            page = open_one(name, has_touch=True, reduced_motion="reduce")
            shelf[name] = page, witnesses[page.context]
            return page
        page, witness = shelf[name]
        witness.forget()
        witnesses[page.context] = witness
        return page

    def open_one(name: str = "", **options: Any) -> Page:
        if options.pop("shared", False):
            return open_shared(name)
        width, height = options.pop("width", 1280), options.pop("height", 800)
        context = browser.new_context(
            base_url=served.url,
            viewport={"width": width, "height": height},
            locale="fr-FR",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        if name:
            session = {"name": settings.SESSION_COOKIE_NAME, "value": served.sessions[name]}
            context.add_cookies([{**session, "url": served.url}])  # type: ignore[typeddict-item]
        witnesses[context] = Witness(context, served.url.removeprefix("http://"))
        return context.new_page()

    yield open_one
    complaints = [one for witness in witnesses.values() for one in witness.complaints()]
    kept = {page.context: page for page, _ in shelf.values()}
    for context in witnesses:
        if context in kept:
            cleared(kept[context])
        else:
            context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def expect_complaint(
    witnesses: dict[BrowserContext, Witness],
) -> Callable[..., None]:
    """`expect_complaint(page, "409")`: the browser will report that answer, as the test wants."""

    def expect(page: Page, *words: str) -> None:
        witnesses[page.context].expect(*words)

    return expect
