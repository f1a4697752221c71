"""Pages about who is told in their states; the browser visits them."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from tests.browser.states import State
from tests.browser.ways import go

ROUTING, ON_CALL = "/governance/notifications/routing", "/governance/notifications/on-call"


def route(page: Page) -> None:
    """One row, and whom an alert would be told to."""
    page.goto(ROUTING)
    page.locator("[name=who]").select_option("ROLE:gerant")
    page.locator("[name=quiet_from]").fill("20:00")
    page.locator("[name=quiet_until]").fill("06:30")
    page.locator("#ajouter ~ * .btn-primary, main .btn-primary").first.click()
    page.locator("[data-route]").first.wait_for()
    page.goto(f"{ROUTING}?of=depot:CDR_ARRIVE_STALE&severity=WARN")
    page.locator("[data-preview]").wait_for()


def turn(page: Page) -> None:
    """The telephone for a week."""
    page.goto(ON_CALL)
    day = datetime.now(UTC).date()
    page.locator("[name=starts]").fill(f"{day - timedelta(days=1)}T07:00")
    page.locator("[name=ends]").fill(f"{day + timedelta(days=6)}T07:00")
    page.locator("main .btn-primary").click()
    page.locator("[data-telephone] td").first.wait_for()


STATES = {
    "routing": State(go(ROUTING), person="admin", english=ROUTING),
    "routing-row": State(route, person="admin", english=ROUTING),
    "on-call": State(go(ON_CALL), english=ON_CALL),
    "on-call-turn": State(turn, person="admin", english=ON_CALL, lasts=False),
}
