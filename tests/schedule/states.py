"""The pages about scans and the timetable; the browser visits them."""

from playwright.sync_api import Page

from tests.browser.states import State
from tests.browser.ways import go


def scan(page: Page) -> None:
    page.goto("/governance/scans")
    page.locator("main a[href*='/governance/scans/']").first.click()
    page.wait_for_url("**/governance/scans/*")


STATES = {
    "scans": State(go("/governance/scans"), english="/governance/scans"),
    "scan": State(scan, english="/governance/scans/<uuid:scan_id>"),
    "schedule": State(go("/governance/schedule"), person="admin", english="/governance/schedule"),
}
