"""Pages in each of their states, by name: how a browser gets there. Judges nothing.

A room's own states stand beside its tests, in `states.py`, in the same shape; `every_state` has them all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.ways import (
    HOME,
    LIST,
    alert,
    alert_acknowledged,
    alert_cared_for,
    alert_conflict,
    alert_form_with_errors,
    alert_proposed,
    alert_rehearsed,
    alert_resolved,
    alert_to_confirm,
    alert_verified,
    entity,
    entity_read,
    fill_resolution,
    go,
    in_english,
    refused,
    row_of,
    sign_in_refused,
)

ALERT = "/governance/alerts/<uuid:alert_id>"
ENTITY = "/governance/entities/<str:source>/<str:entity_type>/<path:entity_id>"


@dataclass(frozen=True)
class State:
    """`person` opens it (empty: a stranger); `answer` is a status that the browser will complain of.

    `other` acts beside them: their page is the second that `open` is given.
    `english`: the page of docs/interface.md that is looked at in English too, for the words of this state.
    `lasts`: a page that is loaded again is in this state still.
    """

    open: Callable[..., object]
    person: str = "directeur"
    console: str = "incident"
    answer: str = ""
    other: str = ""
    english: str = ""
    lasts: bool = True


def home_looked(page: Page) -> None:
    """What changed is put away."""
    page.goto("/governance")
    page.get_by_role("button", name=re.compile("C’est vu|Seen")).click()
    page.locator("[data-no-news]").wait_for()


def history_unfolded(page: Page) -> None:
    """Two acknowledged at once are one line, here open on its entries."""
    list_bulk(page)
    page.locator("#lot [value=ack]").click()
    page.locator("[name=confirmed]").first.click()
    page.locator(".notice-ok").wait_for()
    page.goto("/governance/history")
    page.locator("[data-bundle] summary").first.click()


def live(page: Page) -> None:
    page.goto("/governance/live")
    page.locator(".look-form button").click()
    page.locator("[data-live]").wait_for()


def list_bulk(page: Page) -> None:
    """Two rows ticked, and the bar that acts on both."""
    page.goto(LIST)
    for box in page.locator("[name=selected]").all()[:2]:
        box.check()
    page.locator("#lot [value=ack]").wait_for()


def bulk_summary(page: Page) -> None:
    """What a decision about two would do, and its form with something to mend."""
    list_bulk(page)
    page.locator("#lot [value=resolve]").click()
    page.locator("[name=confirmed]").first.click()
    page.locator("[aria-invalid=true]").first.wait_for()


def list_compact(page: Page) -> None:
    """As it opens with many alerts, the filters unfolded."""
    page.goto(f"{LIST}?sort=due")
    page.locator("[name=density][value=compact]").click()
    page.locator(".lines").wait_for()
    page.locator(".filters summary").click()


def list_gathered(page: Page) -> None:
    """By entity, and the first group open on its rows."""
    page.goto(f"{LIST}?group=entity")
    page.locator(".group > summary").first.click()
    page.locator(".group-rows .row").first.wait_for()


def navigation(page: Page) -> None:
    """What a phone keeps behind a button; a wider screen shows it anyway."""
    page.goto("/governance")
    if (opener := page.locator(".nav-open")).is_visible():
        opener.click()
    page.locator(".nav a").last.wait_for()


def bulk_conflict(page: Page, other: Page) -> None:
    """Somebody else has taken all that was ticked meanwhile."""
    list_bulk(page)
    other.goto(LIST)
    for number in (0, 1):
        row = row_of(other, f"[data-alert-id] >> nth={number}")
        row.locator("[data-action=ack]").click()
        row.locator("xpath=self::*[@data-status='ACK']").wait_for()
    page.locator("#lot [value=ack]").click()
    page.locator("[name=confirmed]").first.click()
    page.wait_for_url("**/integrity/bulk*")


def home_figures(page: Page) -> None:
    """Every drawing with its figures open."""
    page.goto("/governance")
    for summary in page.locator(".figures summary").all():
        summary.click()


def home_tour(page: Page) -> None:
    """The three sentences of the first visit, asked for again."""
    page.goto("/governance/aide")
    page.locator("main button[name=again]").click()
    page.locator(".tour").wait_for()


def report(page: Page) -> None:
    """On the last month; of a console made a minute ago a period in which nothing was known yet."""
    page.goto("/governance/rapport")
    page.locator("#rapport").wait_for()


def history(page: Page) -> None:
    alert_cared_for(page)
    page.goto("/governance/history")


def list_with_form(page: Page) -> None:
    page.goto(LIST)
    row = row_of(page)
    row.locator("[data-action=resolve]").click()
    form = row.locator(".panel form")
    form.locator("[data-action=resolve]").click()
    form.locator("[aria-invalid=true]").first.wait_for()


def list_with_every_status(page: Page) -> None:
    page.goto(LIST)
    row = row_of(page)
    row.locator("[data-action=ack]").click()
    row.locator("xpath=self::*[@data-status='ACK']").wait_for()
    row = row_of(page)
    row.locator("[data-action=resolve]").click()
    fill_resolution(row.locator(".panel form"))
    row.locator(".panel [data-action=resolve]").click()
    row.locator("xpath=self::*[@data-status='RESOLVED']").wait_for()


def list_failure(page: Page) -> None:
    page.goto(LIST)
    page.route("**/ack", lambda route: route.fulfill(status=500))
    row_of(page).locator("[data-action=ack]").click()
    page.get_by_role("alert").wait_for()


def menu(page: Page) -> None:
    page.goto("/governance")
    page.locator("[data-menu] summary").click()


def list_english(page: Page) -> None:
    in_english(page)
    page.goto(LIST)
    page.locator("html[lang=en]").wait_for()


def saved_filters(page: Page) -> None:
    page.goto(f"{LIST}/filters?severity=CRITICAL&q=TANK2")
    page.locator("[name=name]").fill("Les critiques de TANK2")
    page.locator("main .btn-primary").click()
    page.locator(".kept a").wait_for()


STATES = {
    "sign-in": State(go("/accounts/login/"), person="", english="/accounts/login/"),
    "sign-in-refused": State(sign_in_refused, person="", english="/accounts/login/"),
    "password-forgotten": State(go("/accounts/password/reset/"), person=""),
    "password-change": State(go("/accounts/password/change/")),
    "sign-out": State(go("/accounts/logout/")),
    "home": State(go(HOME), english=HOME),
    "home-calm": State(go(HOME), console="calm", english=HOME),
    "menu": State(menu),
    "navigation": State(navigation),
    "list": State(go(LIST)),
    "list-read-only": State(go(LIST), person="pca"),
    "list-filtered": State(go(f"{LIST}?severity=WARN&q=TANK2")),
    "list-ignored": State(go(f"{LIST}?severity=ROUGE")),
    "list-no-match": State(go(f"{LIST}?q=introuvable")),
    "list-calm": State(go(LIST), console="calm", english=LIST),
    "list-never": State(go(LIST), person="ailleurs"),
    "list-statuses": State(list_with_every_status, english=LIST, lasts=False),
    "list-form": State(list_with_form, answer="422", english=LIST, lasts=False),
    "list-failure": State(list_failure, answer="500"),
    "alert": State(alert, english=ALERT),
    "alert-read-only": State(alert, person="pca"),
    "alert-warn": State(lambda page: alert(page, check_code="RECEPTION_ECART_15C"), english=ALERT),
    "alert-over": State(lambda page: alert(page, check_code="STOCK_OVER_CAPACITY"), english=ALERT),
    "alert-acknowledged": State(alert_acknowledged),
    "alert-resolved": State(alert_resolved, english=ALERT, lasts=False),
    "alert-form": State(alert_form_with_errors, answer="422", english=ALERT),
    "alert-conflict": State(alert_conflict, answer="409", english=ALERT),
    "alert-cared-for": State(alert_cared_for, english=ALERT, lasts=False),
    "list-bulk": State(list_bulk, english=LIST, lasts=False),
    "bulk-summary": State(bulk_summary, answer="422", english=LIST),
    "list-compact": State(list_compact, english=LIST, lasts=False),
    "list-by-rule": State(go(f"{LIST}?group=rule"), english=LIST),
    "list-by-entity": State(list_gathered),
    "list-english": State(list_english, person="gerant"),
    "saved-filters": State(saved_filters, english=f"{LIST}/filters", lasts=False),
    "saved-filters-empty": State(go(f"{LIST}/filters"), person="pca", english=f"{LIST}/filters"),
    "bulk-conflict": State(bulk_conflict, other="admin", answer="409"),
    "alert-verified": State(alert_verified, english=ALERT),
    "alert-rehearsed": State(alert_rehearsed, english=ALERT),
    "alert-proposed": State(alert_proposed, english=ALERT, lasts=False),
    "alert-to-confirm": State(alert_to_confirm, other="admin", answer="422", english=ALERT),
    "list-resolved": State(go(f"{LIST}?status=RESOLVED"), console="month", english=LIST),
    "home-looked": State(home_looked, english=HOME),
    "history-unfolded": State(history_unfolded, english="/governance/history", lasts=False),
    "entity": State(entity, english=ENTITY),
    "entity-read-only": State(entity_read, person="gerant", english=ENTITY),
    "live": State(live, english="/governance/live"),
    "rules": State(go("/governance/rules"), english="/governance/rules"),
    "rule": State(
        go("/governance/rules/STOCK_NEGATIF"),
        person="gerant",
        english="/governance/rules/<str:code>",
    ),
    "history": State(history, english="/governance/history"),
    "attention": State(
        go("/governance/history/attention"),
        person="auditeur",
        english="/governance/history/attention",
    ),
    "report-verify": State(
        go("/governance/rapport/verify?code=" + "0" * 64),
        person="pca",
        english="/governance/rapport/verify",
    ),
    "visit": State(go("/governance/aide/visite"), english="/governance/aide/visite"),
    "history-none": State(
        go("/governance/history"), person="ailleurs", english="/governance/history"
    ),
    "ledger": State(go("/governance/ledger"), person="auditeur", english="/governance/ledger"),
    "home-read-only": State(go(HOME), person="pca"),
    "home-no-trends": State(go(HOME), person="gerant"),
    "home-never": State(go(HOME), person="ailleurs", english=HOME),
    "home-figures": State(home_figures, english=HOME),
    "alert-truck": State(lambda page: alert(page, check_code="CDR_ARRIVE_STALE"), english=ALERT),
    "report": State(report, person="pca", console="month", english="/governance/rapport"),
    "report-empty": State(report, person="pca", english="/governance/rapport"),
    "report-refused": State(
        go("/governance/rapport?from=hier"), person="pca", english="/governance/rapport"
    ),
    "home-tour": State(home_tour, person="gerant", english=HOME),
    "refused": State(refused, person="pca", answer="403", english=ALERT),
    "no-role": State(go(HOME), person="nouveau", answer="403", english=HOME),
    "not-found": State(go("/governance/rien"), answer="404"),
    "not-found-alert": State(
        go("/governance/alerts/00000000-0000-4000-8000-000000000000"), answer="404", english=ALERT
    ),
    "wrong-method": State(
        go("/governance/alerts/00000000-0000-4000-8000-000000000000/ack"), answer="405"
    ),
}


def every_state() -> dict[str, State]:
    """The states of all rooms; a name is given once."""
    states: dict[str, State] = {}
    for file in sorted(Path(__file__).parents[1].glob("*/states.py")):
        own = import_module(f"tests.{file.parent.name}.states").STATES
        assert not own.keys() & states.keys()
        states |= own
    return states
