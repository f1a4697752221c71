"""Pages in each of their states, by name: how a browser gets there. Judges nothing.

A room's own states stand beside its tests, in `states.py`, in the same shape; `every_state` has them all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.pages.dom import rows_of

HOME = "/governance"
LIST = "/governance/integrity"
ALERT = "/governance/alerts/<uuid:alert_id>"
ENTITY = "/governance/entities/<str:source>/<str:entity_type>/<path:entity_id>"
OPEN_CRITICAL = "[data-alert-id][data-severity=CRITICAL][data-status=OPEN]"


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


def go(address: str) -> Callable[[Page], object]:
    return lambda page: page.goto(address)


def row_of(page: Page, selector: str = OPEN_CRITICAL) -> Locator:
    """The first such row, held by its id: what it shows may change."""
    found = page.locator(selector).first
    return page.locator(f"[data-alert-id='{found.get_attribute('data-alert-id')}']")


def fill_resolution(form: Locator, note: str = "Jauge vérifiée, écriture corrigée.") -> None:
    form.locator("[name=decision]").select_option("CORRIGE")
    form.locator("[name=cause]").select_option("ERREUR_SAISIE")
    form.locator("[name=note]").fill(note)


def sign_in_refused(page: Page) -> None:
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill("directeur")
    page.locator("[name=password]").fill("faux")
    page.locator("form .btn-primary").click()
    page.get_by_role("alert").wait_for()


def alert(page: Page, **where: str) -> None:
    """The page of the first open alert with these attributes (default: severity CRITICAL)."""
    wanted = {f"data-{name}".replace("_", "-"): value for name, value in where.items()}
    wanted = {"data-status": "OPEN"} | (wanted or {"data-severity": "CRITICAL"})
    found = page.request.get(LIST).text()  # without painting the list first
    row = next(one for one in rows_of(found) if wanted.items() <= one.items())
    page.goto(f"/governance/alerts/{row['data-alert-id']}")


def alert_acknowledged(page: Page) -> None:
    alert(page)
    page.locator("[data-action=ack]").click()
    page.locator("article[data-status=ACK]").wait_for()


def alert_resolved(page: Page) -> None:
    alert(page)
    form = page.locator("#resoudre form")
    fill_resolution(form)
    form.locator("[data-action=resolve]").click()
    page.locator("article[data-status=RESOLVED]").wait_for()


def alert_form_with_errors(page: Page) -> None:
    alert(page)
    form = page.locator("#resoudre form")
    form.locator("[name=decision]").select_option("ACCEPTE")
    form.locator("[data-action=resolve]").click()
    form.locator("[aria-invalid=true]").first.wait_for()


def alert_conflict(page: Page) -> None:
    """A second tab takes on what the first one still shows as nobody's."""
    alert(page)
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("form[action$='/assign'] button").first.click()
    other.locator(".notice-ok").wait_for()
    other.close()
    page.locator("[data-action=ack]").click()
    page.locator(".notice-warn").wait_for()


def alert_cared_for(page: Page) -> None:
    """Somebody took it on and said something about it."""
    alert(page)
    page.locator("form[action$='/assign'] button").first.click()
    page.locator(".notice-ok").wait_for()
    page.locator("[name=body]").fill("Jauge relevée à 7 h.\nLe chef de parc confirme.")
    page.locator("form[action*='/comment'] button").click()
    page.get_by_text("Jauge relevée à 7 h.").first.wait_for()


def alert_verified(page: Page) -> None:
    """What the source says at this second, beside what is stored."""
    alert(page)
    page.locator("form[action*='/verify'] button").click()
    page.wait_for_url("**/verify*")


def propose(page: Page) -> None:
    """The first signature under the acceptance of a critical alert, filled in."""
    form = page.locator("#resoudre form")
    form.locator("[name=decision]").select_option("ACCEPTE")
    form.locator("[name=cause]").select_option("AUTRE")
    form.locator("[name=accepted_until]").fill("2099-12-31")
    form.locator("[name=note]").fill("Connu du conseil, jauge en réparation.")


def alert_rehearsed(page: Page) -> None:
    """What signing would do, told before it is done."""
    alert(page)
    propose(page)
    page.locator("[data-rehearse]").click()
    page.locator("[data-rehearsal]").wait_for()


def alert_proposed(page: Page) -> None:
    alert(page)
    propose(page)
    page.locator("#resoudre [data-action=resolve]").click()
    page.locator("[data-proposal]").wait_for()


def alert_to_confirm(page: Page, other: Page) -> None:
    """Somebody else has proposed; the second person reads, and tries to confirm without a word."""
    alert(other)
    propose(other)
    other.locator("#resoudre [data-action=resolve]").click()
    other.locator("[data-proposal]").wait_for()
    page.goto(other.url)
    page.locator("[data-action=confirm]").click()
    page.locator("[data-proposal] [aria-invalid=true]").wait_for()


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


def entity(page: Page) -> None:
    """A thing of which an alert is open; what was decided about it is in its story."""
    alert(page, check_code="RECEPTION_ECART_15C")
    fill_resolution(page.locator("#resoudre form"))
    page.locator("#resoudre [data-action=resolve]").click()
    page.locator("article[data-status=RESOLVED]").wait_for()
    page.locator("[data-thing]").click()
    page.locator("[data-entity]").wait_for()


def entity_read(page: Page) -> None:
    alert(page)
    page.locator("[data-thing]").click()
    page.locator("[data-entity]").wait_for()


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


def refused(page: Page) -> None:
    """A hand-made POST of somebody who may only read."""
    alert(page)
    token = page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
    page.evaluate(
        """([action, token]) => {
          const form = document.createElement("form");
          form.method = "post";
          form.action = action;
          form.innerHTML = `<input name=csrfmiddlewaretoken value="${token}"><input name=version value=1>`;
          document.body.append(form);
          form.submit();
        }""",
        [f"{page.url}/ack", token],
    )
    page.locator(".refusal").wait_for()


def in_english(page: Page) -> None:
    """Choose English, as a person does; a stranger's choice stays in the browser until it is wiped."""
    page.goto("/governance/aide")
    is_stranger = "/accounts/" in page.url
    with page.expect_navigation():
        page.locator("[name=language][value=en]").evaluate("button => button.click()")
    if not is_stranger:
        page.context.clear_cookies(
            name="django_language"
        )  # the account keeps it, until the next state


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
