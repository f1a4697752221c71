"""The director's day: acknowledge and resolve, with the script, without it, by keyboard, and not alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.ways import LIST, fill_resolution, row_of


def counters(page: Page) -> dict[str, int]:
    return {
        name: int(page.locator(f"[data-counter={name}]").get_attribute("value") or "")
        for name in ("total", "critical", "warn")
    }


def mark(page: Page) -> None:
    """A mark that a reload would wipe out."""
    page.evaluate("window.__same_document = true")


def same_document(page: Page) -> bool:
    return bool(page.evaluate("window.__same_document === true"))


def test_the_gravest_stand_first_and_the_counters_count_the_rows(site, opens):
    page = opens("directeur", still=True)
    page.goto(LIST)
    severities = page.locator("[data-alert-id]").evaluate_all("e => e.map(x => x.dataset.severity)")
    assert severities == sorted(severities, key=["CRITICAL", "WARN", "INFO"].index)
    assert counters(page) == {
        "total": len(severities),
        "critical": severities.count("CRITICAL"),
        "warn": severities.count("WARN"),
    }
    assert counters(page)["critical"] >= 2


def test_acknowledge_in_place(site, opens):
    page = opens("directeur", still=True)
    page.goto(f"{LIST}?status=OPEN")
    mark(page)
    before, row = counters(page), row_of(page)
    row.locator("[data-action=ack]").click()
    expect(row).to_have_attribute("data-status", "ACK")
    expect(row.locator("[data-action=ack]")).to_have_count(0)
    expect(row.locator("[data-action=resolve]")).to_be_visible()
    expect(row).to_be_focused()
    expect(page.locator("#annonce")).to_have_text("Alerte acquittée.")
    after = counters(page)
    assert (after["critical"], after["total"]) == (before["critical"] - 1, before["total"] - 1)
    assert same_document(page)
    page.reload()
    expect(row).to_have_count(0)  # it lasted, and this filter shows what is open


def test_resolve_in_place(site, opens):
    page = opens("directeur", still=True)
    page.goto(LIST)
    mark(page)
    before, row = counters(page), row_of(page)
    row.locator("[data-action=resolve]").click()
    form = row.locator(".panel form")
    expect(form.locator("[name=decision]")).to_be_focused()
    fill_resolution(form)
    form.locator("[data-action=resolve]").click()
    expect(row).to_have_attribute("data-status", "RESOLVED")
    expect(row.locator("[data-action]")).to_have_count(0)
    expect(page.locator("#annonce")).to_have_text("Alerte résolue.")
    after = counters(page)
    assert (after["critical"], after["total"]) == (before["critical"] - 1, before["total"] - 1)
    assert same_document(page)
    page.reload()
    expect(row).to_have_count(0)


def test_an_incomplete_form_says_what_is_missing_and_keeps_the_text(site, opens, expect_complaint):
    page = opens("directeur", still=True)
    expect_complaint(page, "422")
    page.goto(LIST)
    row = row_of(page)
    row.locator("[data-action=resolve]").click()
    form = row.locator(".panel form")
    form.locator("[name=note]").fill("Une note qui ne doit pas se perdre.")
    form.locator("[data-action=resolve]").click()
    expect(form.locator("[name=decision]")).to_have_attribute("aria-invalid", "true")
    expect(form.locator("[name=decision]")).to_be_focused()
    expect(form.locator("[name=note]")).to_have_value("Une note qui ne doit pas se perdre.")
    expect(row).to_have_attribute("data-status", "OPEN")
    # The same form, mended, goes through.
    fill_resolution(form)
    form.locator("[data-action=resolve]").click()
    expect(row).to_have_attribute("data-status", "RESOLVED")


def test_acceptance_asks_for_its_end_and_only_then(site, opens):
    page = opens("directeur", still=True)
    page.goto(LIST)
    row = row_of(page)
    row.locator("[data-action=resolve]").click()
    form = row.locator(".panel form")
    until = form.locator("[name=accepted_until]")
    expect(until).to_be_hidden()
    form.locator("[name=decision]").select_option("ACCEPTE")
    expect(until).to_be_visible()


def test_cancel_gives_the_focus_back(site, opens):
    page = opens("directeur", still=True)
    page.goto(LIST)
    row = row_of(page)
    row.locator("[data-action=resolve]").click()
    row.get_by_role("button", name="Annuler").click()
    expect(row.locator(".panel form")).to_have_count(0)
    expect(row.locator("[data-action=resolve]")).to_be_focused()


def test_one_form_at_a_time(site, opens):
    page = opens("directeur", still=True)
    page.goto(LIST)
    first, second = (page.locator("[data-alert-id]").nth(n) for n in (0, 1))
    first.locator("[data-action=resolve]").click()
    expect(first.locator(".panel form")).to_be_visible()
    second.locator("[data-action=resolve]").click()
    expect(second.locator(".panel form")).to_be_visible()
    expect(first.locator(".panel form")).to_have_count(0)
    assert page.locator("#id_note").count() == 1


def test_without_script_acknowledge_from_the_list(site, opens):
    page = opens("directeur", java_script_enabled=False)
    page.goto(f"{LIST}?severity=CRITICAL")
    before, row = counters(page), row_of(page)
    row.locator("[data-action=ack]").click()
    page.wait_for_url(re.compile(r"/governance/integrity\?severity=CRITICAL#a-"))
    expect(page.locator("#messages")).to_contain_text("Alerte acquittée.")
    expect(row).to_have_attribute("data-status", "ACK")
    expect(row.locator("[data-action=ack]")).to_have_count(0)
    assert counters(page) == before  # acknowledged ones are still in the list


def test_without_script_resolve_through_the_alert_page(site, opens, expect_complaint):
    page = opens("directeur", java_script_enabled=False)
    expect_complaint(page, "422")
    page.goto(LIST)
    before, row = counters(page), row_of(page)
    row.locator("[data-action=resolve]").click()
    form = page.locator("#resoudre form")
    form.locator("[name=note]").fill("Une note qui ne doit pas se perdre.")
    form.locator("[data-action=resolve]").click()
    expect(form.locator("[name=cause]")).to_have_attribute("aria-invalid", "true")
    expect(form.locator("[name=note]")).to_have_value("Une note qui ne doit pas se perdre.")
    fill_resolution(form)
    form.locator("[data-action=resolve]").click()
    expect(page.locator("#messages")).to_contain_text("Alerte résolue.")
    expect(page.locator("article")).to_have_attribute("data-status", "RESOLVED")
    expect(page.locator("[data-action]")).to_have_count(1)  # to take it back
    page.goto(LIST)
    assert counters(page)["total"] == before["total"] - 1


def test_two_directors_one_acknowledges_the_other_is_told(site, opens, expect_complaint):
    first, second = opens("directeur", still=True), opens("admin", still=True)
    expect_complaint(second, "409")
    first.goto(LIST)
    second.goto(LIST)
    row, other = row_of(first), row_of(second)
    row.locator("[data-action=ack]").click()
    expect(row).to_have_attribute("data-status", "ACK")
    other.locator("[data-action=ack]").click()
    expect(other).to_contain_text("Quelqu’un a été plus rapide.")
    expect(other).to_contain_text("directeur")
    expect(other).to_have_attribute("data-status", "ACK")
    expect(other.locator("[data-action=ack]")).to_have_count(0)
    expect(second.locator("#annonce")).to_be_empty()
    second.goto(other.locator("h2 a").get_attribute("href"))
    expect(second.locator(".lede")).to_contain_text("acquittée par directeur")


def test_what_one_typed_is_not_lost_when_the_other_was_faster(site, opens, expect_complaint):
    first, second = opens("directeur", still=True), opens("admin", still=True)
    expect_complaint(second, "409")
    first.goto(LIST)
    second.goto(LIST)
    row, other = row_of(first), row_of(second)
    other.locator("[data-action=resolve]").click()
    fill_resolution(other.locator(".panel form"), note="Dix minutes de rédaction.")
    row.locator("[data-action=ack]").click()
    expect(row).to_have_attribute("data-status", "ACK")
    other.locator(".panel [data-action=resolve]").click()
    expect(other).to_contain_text("Quelqu’un a été plus rapide.")
    expect(other).to_have_attribute("data-status", "ACK")
    expect(other.locator("[name=note]")).to_have_value("Dix minutes de rédaction.")
    # Having read that, the director decides again, on the state that the page now shows.
    other.locator(".panel [data-action=resolve]").click()
    expect(other).to_have_attribute("data-status", "RESOLVED")


def test_a_form_opened_on_an_old_row_does_not_pass_for_a_fresh_one(site, opens, expect_complaint):
    """The form comes from the server as of now; what was decided upon is the row as it was read."""
    first, second = opens("directeur", still=True), opens("admin", still=True)
    expect_complaint(second, "409")
    first.goto(LIST)
    second.goto(LIST)
    row, other = row_of(first), row_of(second)
    row.locator("[data-action=ack]").click()
    expect(row).to_have_attribute("data-status", "ACK")
    other.locator("[data-action=resolve]").click()
    fill_resolution(other.locator(".panel form"))
    other.locator(".panel [data-action=resolve]").click()
    expect(other).to_contain_text("Quelqu’un a été plus rapide.")
    expect(other).to_have_attribute("data-status", "ACK")


def test_a_row_that_somebody_resolved_meanwhile_leads_to_its_page(site, opens):
    first, second = opens("directeur", still=True), opens("admin", still=True)
    first.goto(LIST)
    second.goto(LIST)
    row, other = row_of(first), row_of(second)
    row.locator("[data-action=resolve]").click()
    fill_resolution(row.locator(".panel form"))
    row.locator(".panel [data-action=resolve]").click()
    expect(row).to_have_attribute("data-status", "RESOLVED")
    other.locator("[data-action=resolve]").click()
    second.wait_for_url("**/governance/alerts/*")
    expect(second.locator(".lede")).to_contain_text("Corrigé, par directeur")


def test_without_script_the_second_is_told_on_the_alert_page(site, opens, expect_complaint):
    first, second = opens("directeur", still=True), opens("admin", java_script_enabled=False)
    expect_complaint(second, "409")
    first.goto(LIST)
    second.goto(LIST)
    row, other = row_of(first), row_of(second)
    row.locator("[data-action=ack]").click()
    expect(row).to_have_attribute("data-status", "ACK")
    other.locator("[data-action=ack]").click()
    expect(second.locator(".notice-warn")).to_contain_text("rien n’a été enregistré")
    expect(second.locator("article")).to_have_attribute("data-status", "ACK")


@pytest.mark.parametrize("name", ["pca", "auditeur", "gerant"])
def test_who_may_not_act_sees_no_button(site, opens, name):
    page = opens(name, still=True)
    page.goto(LIST)
    expect(page.locator("[data-alert-id]").first).to_be_visible()
    expect(page.locator("[data-action]")).to_have_count(0)
    page.locator("[data-alert-id] h2 a").first.click()
    expect(page.locator("article[data-alert-id]")).to_be_visible()
    expect(page.locator("[data-action]")).to_have_count(0)


def test_a_director_of_another_place_sees_nothing_of_this_one(site, opens):
    page = opens("ailleurs", still=True)
    page.goto(LIST)
    expect(page.locator("[data-alert-id]")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("Aucun contrôle n’a encore eu lieu")
    expect(page.locator("main")).not_to_contain_text("Dépôt de Lubumbashi")


def test_acknowledge_by_keyboard_alone(site, opens):
    page = opens("directeur", still=True)
    page.goto(LIST)
    row = row_of(page)
    button = row.locator("[data-action=ack]")
    for _ in range(60):
        page.keyboard.press("Tab")
        outlined = page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
            " || getComputedStyle(document.activeElement).boxShadow !== 'none'"
        )
        assert outlined, page.evaluate("document.activeElement.outerHTML")
        if button.evaluate("e => e === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(row).to_have_attribute("data-status", "ACK")
    expect(row).to_be_focused()
    page.keyboard.press("Tab")  # the way on starts where the work was
    expect(row.locator(":focus")).to_have_count(1)


def test_the_skip_link_comes_first_and_leads_to_the_content(site, opens):
    page = opens("directeur", still=True)
    page.goto(LIST)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_an_address_with_filters_can_be_shared(site, opens):
    page = opens("directeur", still=True)
    page.goto(LIST)
    page.locator(".filters summary").click()
    page.get_by_label("Gravité").select_option("WARN")
    page.get_by_role("button", name="Filtrer").click()
    expect(page.locator("[data-severity=CRITICAL]")).to_have_count(0)
    other = opens("pca", still=True)
    other.goto(page.url)
    assert other.locator("[data-alert-id]").count() == page.locator("[data-alert-id]").count() > 0
    other.get_by_role("link", name="Retirer le filtre Gravité").click()
    expect(other.locator("[data-severity=CRITICAL]").first).to_be_visible()
