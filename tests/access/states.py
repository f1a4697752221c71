"""The pages about access in their states; the browser visits them."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from governance.core.identity import demonstration
from tests.browser.states import State
from tests.browser.ways import go

PEOPLE = "/governance/people"
DELEGATIONS = "/governance/delegations"
ACCESS = "/governance/access"
REVIEW, JOURNAL = f"{ACCESS}/review", f"{ACCESS}/journal"
ROW_SECURITY = f"{ACCESS}/row-security"


def delegation_prepared(page: Page) -> None:
    """One that lasts from next week on, and why."""
    page.goto("/governance/delegations")
    day = datetime.now(UTC).date()
    page.locator("[name=to]").select_option(index=1)
    page.locator("[name=since]").fill(str(day + timedelta(days=7)))
    page.locator("[name=until]").fill(str(day + timedelta(days=14)))
    page.locator("[name=reason]").fill("En congé ; le chef de parc suit les camions.")
    page.locator("main .btn-primary").click()
    page.locator("#a-venir").wait_for()


def review_unfinished(page: Page) -> None:
    """Signed too early: one role without a decision, one withdrawn without a word."""
    page.goto("/governance/access/review")
    for row in page.locator("[data-holder]").all()[1:]:
        row.locator("[value=confirm]").check()
    page.locator("[data-holder=pca] [value=withdraw]").check()
    page.locator("main .btn-primary").click()
    page.locator(".error").first.wait_for()


def journal(page: Page) -> None:
    """Somebody mistyped a password, and a page was refused."""
    token = page.context.request.get("/accounts/login/")
    assert token.ok
    page.context.request.get("/governance/integrity/bulk")
    page.context.request.post("/governance/integrity/bulk", form={"action": "ack"})
    for number in range(12):
        page.context.request.get(f"/governance/alerts/{number}")
    page.goto("/governance/access/journal")
    page.locator("[data-event]").first.wait_for()


def too_many(page: Page) -> None:
    """The sixth wrong password."""
    for _ in range(6):
        page.goto("/accounts/login/")
        page.locator("[name=login]").fill("auditeur")
        page.locator("[name=password]").fill("faux")
        page.locator("form .btn-primary").click()
    page.locator(".refusal").wait_for()


def person(page: Page, act: str = "") -> None:
    """The page of a person whom an administrator invited just now, its link shown once."""
    page.goto("/governance/people/invite")
    page.locator("[name=username]").fill("personne-de-nuit")
    page.locator("main .btn-primary").click()
    page.locator("[data-link-once]").wait_for()
    if act:
        page.goto(f"{page.url}/{act}")


def comes_in(page: Page, name: str) -> None:
    """By the form, in a browser that knows nobody: what it does to the session is its own."""
    cookies = [(one["name"], one["value"]) for one in page.context.cookies()]
    english = ("django_language", "en") in cookies
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    if english:
        page.locator("[name=language][value=en]").click()
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(demonstration.PASSWORD)
    page.locator("main form .btn-primary").click()
    page.locator("[data-menu]").wait_for()


def factor_new(page: Page) -> None:
    """The picture of a new secret, after the password was given once more."""
    comes_in(page, "gerant")
    page.goto("/accounts/2fa/totp/activate/")
    page.locator("[name=password]").fill(demonstration.PASSWORD)
    page.locator("main .btn-primary").click()
    page.locator(".qr svg").wait_for()


def device_notice(page: Page) -> None:
    """Told to whoever signs in from an unknown browser; in the demonstration, on one page."""
    comes_in(page, "auditeur")
    page.goto("/accounts/sessions/")
    page.locator("[data-device-notice]").wait_for()


STATES = {
    "delegations": State(go(DELEGATIONS)),
    "delegation-prepared": State(delegation_prepared, english=DELEGATIONS, lasts=False),
    "access": State(go(ACCESS), person="admin", english=ACCESS),
    "access-review": State(go(REVIEW), person="admin", english=REVIEW),
    "access-review-unfinished": State(
        review_unfinished, person="admin", answer="422", english=REVIEW
    ),
    "access-journal": State(journal, person="admin", english=JOURNAL),
    "access-journal-no-match": State(
        go(f"{JOURNAL}?from=2001-01-01&to=2001-01-02"), person="admin", english=JOURNAL
    ),
    "too-many": State(too_many, person="", answer="429"),
    "row-security-never": State(go(ROW_SECURITY), person="admin", english=ROW_SECURITY),
    "row-security": State(
        go(ROW_SECURITY), person="admin", console="audited", english=ROW_SECURITY
    ),
    "people": State(go(PEOPLE), person="admin", english=PEOPLE),
    "people-none": State(go(f"{PEOPLE}?q=introuvable"), person="admin", english=PEOPLE),
    "person": State(person, person="admin", english=f"{PEOPLE}/<uuid:person_id>", lasts=False),
    "person-invite": State(go(f"{PEOPLE}/invite"), person="admin", english=f"{PEOPLE}/invite"),
    "person-close": State(
        lambda page: person(page, "close"),
        person="admin",
        english=f"{PEOPLE}/<uuid:person_id>/close",
    ),
    "configuration": State(
        go("/governance/configuration"), person="admin", english="/governance/configuration"
    ),
    "sessions": State(go("/accounts/sessions/"), person="pca", english="/accounts/sessions/"),
    "factors": State(go("/accounts/2fa/"), person="pca", english="/accounts/2fa/"),
    "factor-new": State(factor_new, person="", english="/accounts/2fa/"),
    "device-notice": State(device_notice, person=""),
    "link-void": State(go("/accounts/link/rien/"), person="", answer="404"),
}
