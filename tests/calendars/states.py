"""The page of a source's calendar in its states; the browser visits it."""

from playwright.sync_api import Page

from tests.browser.states import State
from tests.browser.ways import go

CALENDAR = "/governance/sources/depot/calendar"
ADDRESS = "/governance/sources/<str:slug>/calendar"


def unreadable(page: Page) -> None:
    """Hours that end before they begin."""
    page.goto(CALENDAR + "?from=lubumbashi")
    page.locator("[name=day0]").fill("17:00-08:00")
    page.locator("main .btn-primary").click()
    page.locator(".error").first.wait_for()


STATES = {
    "calendar": State(go(CALENDAR), person="admin", english=ADDRESS),
    "calendar-shipped": State(go(CALENDAR + "?from=lubumbashi"), person="admin", english=ADDRESS),
    "calendar-unreadable": State(unreadable, person="admin", answer="422", english=ADDRESS),
}
