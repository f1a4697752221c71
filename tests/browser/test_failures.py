"""Failure never looks like success: no network, a broken server, a lost session, a lost role."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_director import counters, mark, same_document
from tests.browser.ways import LIST, alert, row_of

REFUSED, UNKNOWN = (
    "L’action n’a pas été enregistrée.",
    "On ne sait pas si l’action a été enregistrée.",
)


def acknowledge_in_vain(page: Page, *, says: str = UNKNOWN) -> None:
    """Press the first button and see that the page says what became of it: nothing, or nobody knows."""
    before, row = counters(page), row_of(page)
    mark(page)
    row.locator("[data-action=ack]").click()
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text(says)
    expect(notice).to_be_in_viewport()
    expect(row).to_have_attribute("data-status", "OPEN")
    expect(row.locator("[data-action=ack]")).to_be_enabled()
    expect(page.locator("#annonce")).to_be_empty()
    expect(page.get_by_role("heading", level=1)).to_have_text("Intégrité")
    assert counters(page) == before
    assert same_document(page)


def test_no_network(site, opens, expect_complaint):
    page = opens("directeur")
    expect_complaint(page, "ERR_INTERNET_DISCONNECTED", "console: htmx:")
    page.goto(LIST)
    page.context.set_offline(True)
    acknowledge_in_vain(page)
    # The network is back: the same button works, and the old notice is gone.
    page.context.set_offline(False)
    row = row_of(page)
    row.locator("[data-action=ack]").click()
    expect(row).to_have_attribute("data-status", "ACK")
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_broken_server(site, opens, expect_complaint, status):
    page = opens("directeur")
    expect_complaint(page, str(status))
    page.goto(LIST)
    page.route("**/ack", lambda route: route.fulfill(status=status, body="<p>Acquittée</p>"))
    acknowledge_in_vain(page)
    expect(page.get_by_role("alert")).to_contain_text(str(status))
    expect(page.get_by_role("alert")).to_contain_text("telle qu’elle est maintenant")


def test_an_answer_that_was_lost_after_the_action_was_recorded(site, opens, expect_complaint):
    """The row then shows the action; to press again, in another tab, is no error either."""
    page, other = opens("directeur"), opens("directeur")
    expect_complaint(page, "ERR_FAILED", "console: htmx:")
    page.goto(LIST)
    other.goto(LIST)

    def cut(route: Route) -> None:
        route.fetch()  # the server has committed
        route.abort()

    page.route("**/ack", cut)
    row = row_of(page)
    row.locator("[data-action=ack]").click()
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text(UNKNOWN)
    expect(notice).to_contain_text("telle qu’elle est maintenant")
    expect(row).to_have_attribute("data-status", "ACK")
    expect(row.locator("[data-action=ack]")).to_have_count(0)
    again = row_of(other)
    again.locator("[data-action=ack]").click()
    expect(again).to_have_attribute("data-status", "ACK")
    expect(other.locator("#annonce")).to_contain_text("Vous aviez déjà acquitté")
    expect(other.get_by_role("alert")).to_have_count(0)


def test_lost_session(site, opens, expect_complaint):
    """The answer is then the sign-in page, with status 200: it must not land in the row."""
    page = opens("directeur")
    page.goto(LIST)
    page.context.clear_cookies(name="sessionid")
    acknowledge_in_vain(page, says=REFUSED)
    expect(page.get_by_role("alert")).to_contain_text("session")
    expect(page.locator("input[type=password]")).to_have_count(0)


def test_lost_cookies(site, opens, expect_complaint):
    page = opens("directeur")
    expect_complaint(page, "403")
    page.goto(LIST)
    page.context.clear_cookies()
    acknowledge_in_vain(page, says=REFUSED)


def test_lost_session_when_opening_the_form(site, opens):
    page = opens("directeur")
    page.goto(LIST)
    page.context.clear_cookies(name="sessionid")
    row_of(page).locator("[data-action=resolve]").click()
    page.wait_for_url("**/accounts/login/**")  # and back to the alert after signing in
    expect(page.locator("form[action*=login] input[name=next]").first).to_have_value(
        re.compile("^/governance/alerts/")
    )


def test_the_page_says_that_the_network_is_away_and_when_it_is_back(site, opens):
    page = opens("directeur")
    page.goto(LIST)
    line, heading = page.locator("#reseau"), page.locator("h1")
    expect(line).to_be_empty()
    before = heading.bounding_box()
    page.context.set_offline(True)
    expect(line).to_contain_text("Hors ligne")
    expect(line).to_be_in_viewport()
    assert heading.bounding_box() == before
    page.context.set_offline(False)
    expect(line).to_be_empty()


def test_a_row_is_busy_while_its_answer_is_awaited_and_nothing_moves(site, opens):
    page = opens("directeur")
    page.goto(LIST)
    row = row_of(page)
    waiting = []
    page.route("**/ack", lambda route: waiting.append(route))  # noqa: PLW0108  # Playwright marks it
    before = row.bounding_box()
    row.locator("[data-action=ack]").click()
    expect(row).to_have_attribute("aria-busy", "true")
    assert row.bounding_box() == before
    row.locator("[data-action=ack]").click(force=True)  # once more, as the impatient do
    page.wait_for_timeout(300)  # what was sent by then has been met by the route
    assert len(waiting) == 1
    waiting[0].continue_()
    expect(row).to_have_attribute("data-status", "ACK")
    expect(row).not_to_have_attribute("aria-busy", "true")


# How many of three presses leave the page; none really does, as the window has the last word.
SENT_OF_THREE = """(button) => {
  let sent = 0;
  addEventListener("submit", (event) => { sent += !event.defaultPrevented; event.preventDefault(); });
  for (let press = 0; press < 3; press += 1) button.click();
  return sent;
}"""


def test_a_form_is_sent_once_however_often_it_is_pressed(site, opens):
    page = opens("directeur")
    alert(page)
    button = page.get_by_role("button", name="Commenter")
    assert button.evaluate(SENT_OF_THREE) == 1
    expect(page.locator("form[aria-busy]")).to_have_count(1)
    page.evaluate("dispatchEvent(new Event('pageshow'))")  # back, from the browser's memory
    expect(page.locator("form[aria-busy]")).to_have_count(0)
