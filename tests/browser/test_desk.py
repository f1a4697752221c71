"""A desk one keeps open all day: a decision found again, two people on one alert, all without a script."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.ways import HOME, LIST, row_of

CRITICAL = "[data-alert-id][data-severity=CRITICAL][data-status=OPEN]"
UNTIL = "2099-12-31"


class Clicks:
    """Clicks as a person would count them."""

    def __init__(self, page: Page) -> None:
        self.page, self.n = page, 0

    def on(self, what: str, **more: Any) -> None:
        self.page.locator(what, **more).first.click()
        self.page.wait_for_load_state()
        self.n += 1


@pytest.mark.parametrize("scripted", [True, False])
def test_last_months_decision_on_a_tank_is_found_in_three_clicks(served, opens, scripted):
    served.show("month")
    with served.superuser() as connection:
        tank, alert_id = connection.execute(
            "SELECT payload ->> 'citerne', id FROM system_alerts WHERE resolved_by IS NOT NULL"
            " AND payload ? 'citerne' ORDER BY resolved_at DESC LIMIT 1"
        ).fetchone()
    page = opens("directeur", java_script_enabled=scripted)
    page.goto(LIST)
    page.locator("#f-q").fill(tank)
    page.locator("#f-q").press("Enter")
    page.locator("[data-resolved]").wait_for()
    clicks = Clicks(page)
    clicks.on("[data-resolved]")
    row = page.locator(f"[data-alert-id='{alert_id}']")
    expect(row).to_contain_text(re.compile("par (directeur|admin)"))
    clicks.on(f"[data-alert-id='{alert_id}'] h2 a")
    expect(page.locator("[data-decided]")).to_contain_text("par ")
    clicks.on("[data-thing]")
    expect(page.locator("main")).to_contain_text("Ce qui a été décidé")
    expect(page.locator(".links").first).to_contain_text(tank)
    assert clicks.n <= 3


@pytest.mark.parametrize("scripted", [True, False])
def test_a_critical_acceptance_from_its_rehearsal_to_its_second_signature(served, opens, scripted):
    served.show("incident")
    page = opens("directeur", java_script_enabled=scripted)
    page.goto(LIST)
    page.locator(f"{CRITICAL} h2 a").first.click()
    address = page.url
    form = page.locator("#resoudre form")
    sign = form.locator("[data-action=resolve]")
    expect(sign).to_have_text(re.compile("Résoudre"), use_inner_text=True)
    form.locator("[name=decision]").select_option("ACCEPTE")
    expect(sign).to_have_text("Proposer", use_inner_text=True)
    form.locator("[name=cause]").select_option("AUTRE")
    form.locator("[name=accepted_until]").fill(UNTIL)
    form.locator("[name=note]").fill("Connu du conseil.")
    form.locator("[data-rehearse]").click()
    told = page.locator("[data-rehearsal]")
    expect(told.locator("[data-truth]")).to_contain_text("relues à l’instant")
    expect(told.locator("[data-second]")).to_contain_text("admin")
    line = told.locator("[data-line]").inner_text()
    page.locator("#resoudre [data-action=resolve]").click()
    expect(page.locator("[data-proposal]")).to_contain_text("C’est votre proposition")

    second = opens("admin", java_script_enabled=scripted)
    second.goto(HOME)
    expect(second.locator("[data-queue=signature] data")).to_have_attribute("value", "1")
    clicks = Clicks(second)
    clicks.on("[data-queue=signature] li a")
    assert second.url == address
    second.locator("[data-proposal] [name=note]").first.fill("Vu avec le conseil.")
    clicks.on("[data-action=confirm]")
    assert clicks.n == 2
    expect(second.locator("[data-decided]")).to_contain_text("Acceptée jusqu’au")
    expect(second.locator(".status-waits")).to_be_visible()
    second.goto("/governance/history")
    expect(second.locator("main")).to_contain_text(" ".join(line.split()))
    expect(second.locator("main")).to_contain_text("admin a confirmé l’acceptation")


@pytest.mark.parametrize("scripted", [True, False])
def test_what_changed_is_put_away_and_comes_back_with_the_next_change(served, opens, scripted):
    served.show("incident")
    page = opens("directeur", java_script_enabled=scripted)
    page.goto(HOME)
    expect(page.locator(".news")).to_contain_text("Ce qui a changé depuis hier")
    page.get_by_role("button", name="C’est vu").click()
    expect(page.locator("[data-no-news]")).to_be_visible()
    other = opens("admin")
    other.goto(LIST)
    row = row_of(other)
    row.locator("[data-action=resolve]").click()
    form = row.locator(".panel form")
    form.locator("[name=decision]").select_option("CORRIGE")
    form.locator("[name=cause]").select_option("ERREUR_SAISIE")
    form.locator("[name=note]").fill("Écriture corrigée.")
    form.locator("[data-rehearse]").click()
    expect(row.locator("[data-line]")).to_contain_text("admin a résolu")
    row.locator(".panel [data-action=resolve]").click()
    expect(row).to_contain_text("Corrigé, par admin")
    page.goto(HOME)
    expect(page.locator(".news")).to_contain_text("1 résolue par quelqu’un")
    expect(page.locator(".news")).to_contain_text("Corrigé, par admin")


@pytest.mark.parametrize("scripted", [True, False])
def test_many_acknowledged_at_once_are_one_line_of_history(served, opens, scripted):
    served.show("incident")
    page = opens("directeur", java_script_enabled=scripted)
    page.goto(LIST)
    for box in page.locator("[name=selected]").all()[:3]:
        box.check()
    page.locator("#lot [value=ack]").click()
    page.locator("[name=confirmed]").first.click()
    page.goto("/governance/history")
    line = page.locator("[data-bundle='3']")
    expect(line).to_contain_text("directeur a acquitté 3 alertes")
    expect(line.locator("[data-entry]").first).to_be_hidden()
    line.locator("summary").first.click()
    expect(line.locator("[data-entry='alert.ack']")).to_have_count(3)
    expect(line.locator("[data-entry]").first).to_be_visible()


def test_a_second_persons_proposal_while_the_form_is_open(served, opens, expect_complaint):
    served.show("incident")
    page, other = opens("directeur"), opens("admin")
    page.goto(LIST)
    page.locator(f"{CRITICAL} h2 a").first.click()
    other.goto(page.url)
    for who, note in ((other, "Connu."), (page, "Jauge relue.")):
        form = who.locator("#resoudre form")
        form.locator("[name=decision]").select_option("ACCEPTE")
        form.locator("[name=cause]").select_option("AUTRE")
        form.locator("[name=accepted_until]").fill(UNTIL)
        form.locator("[name=note]").fill(note)
        form.locator("[data-action=resolve]").click()
        who.wait_for_load_state()
    expect(page.locator(".notice-warn")).to_contain_text("admin a proposé le")
    expect(page.locator("[data-action=confirm]")).to_be_visible()
    expect(page.locator("#resoudre [name=note]")).to_have_value("Jauge relue.")
    expect_complaint(page, "409")
