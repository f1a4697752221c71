"""Ways that people take through the pages, to an alert and to what can be done about it. Judges nothing."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page

from tests.pages.dom import rows_of

HOME = "/governance"
LIST = "/governance/integrity"
OPEN_CRITICAL = "[data-alert-id][data-severity=CRITICAL][data-status=OPEN]"


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
