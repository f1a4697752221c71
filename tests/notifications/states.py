"""The pages of messages in their states; the browser visits them."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page

from tests.browser.states import State
from tests.browser.ways import go

ROOM = "/governance/notifications"
CHANNEL = f"{ROOM}/channels/<uuid:channel_id>"
WEBHOOK = "https://hooks.exemple.test/console"


def channel_made(page: Page) -> None:
    """A webhook, its keys shown this once."""
    page.goto(f"{ROOM}/channels")
    page.locator("[name=name]").fill("supervision")
    page.locator("[name=family]").select_option("webhook")
    page.locator("[name=address]").fill(WEBHOOK)
    page.locator("main .btn-primary").last.click()
    page.locator("[data-key-once]").wait_for()


def channel_refused(page: Page) -> None:
    page.goto(f"{ROOM}/channels")
    page.locator("[name=name]").fill("supervision-fausse")
    page.locator("[name=family]").select_option("webhook")
    page.locator("[name=address]").fill("pas une adresse")
    page.locator("main .btn-primary").last.click()
    page.locator(".error").first.wait_for()


def channel(page: Page) -> None:
    page.goto(f"{ROOM}/channels")
    page.locator("[data-channel] a").first.click()
    page.locator("[name=is_on]").wait_for()


def tested(page: Page) -> None:
    """The page of a test that nobody tried yet."""
    channel(page)
    page.locator("main .btn-primary").first.click()
    page.locator("#essais").wait_for()


def mailed(page: Page) -> None:
    """A message as a mail client shows it."""
    tested(page)
    page.goto("/governance/mailbox")
    page.locator("[data-mail] a.btn").first.click()
    page.locator(".foot").wait_for(state="attached")


def window(page: Page) -> None:
    """A silence that lasts until tomorrow."""
    page.goto(f"{ROOM}/maintenance")
    until = timezone.localtime() + timedelta(days=1)
    page.locator("[name=ends_at]").fill(until.strftime("%Y-%m-%dT%H:%M"))
    page.locator("[name=reason]").fill("Vidange du bac.")
    page.locator("main .btn-primary").click()
    page.locator("[data-window]").first.wait_for()


STATES = {
    "messages": State(go(ROOM), person="admin", english=ROOM),
    "messages-no-match": State(go(f"{ROOM}?state=DEAD&kind=BRIEF"), person="admin", english=ROOM),
    "messages-dead-none": State(go(f"{ROOM}/dead"), person="admin", english=f"{ROOM}/dead"),
    "message": State(tested, person="admin", english=f"{ROOM}/<uuid:delivery_id>", lasts=False),
    "channels": State(go(f"{ROOM}/channels"), person="admin", english=f"{ROOM}/channels"),
    "channel-made": State(channel_made, person="admin", english=f"{ROOM}/channels", lasts=False),
    "channel-refused": State(
        channel_refused, person="admin", answer="422", english=f"{ROOM}/channels"
    ),
    "channel": State(channel, person="admin", english=CHANNEL),
    "maintenance": State(go(f"{ROOM}/maintenance"), english=f"{ROOM}/maintenance"),
    "maintenance-window": State(window, person="admin", english=f"{ROOM}/maintenance", lasts=False),
    "mailbox-message": State(
        mailed, person="admin", english="/governance/mailbox/<uuid:delivery_id>", lasts=False
    ),
    "mailbox": State(go("/governance/mailbox"), english="/governance/mailbox"),
}
