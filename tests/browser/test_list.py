"""The integrity screen as a list that one keeps open: alerts first, many in sight, ranges, filters."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import LINKS, Axe
from tests.browser.full import MORE, SHOWN
from tests.browser.sizes import OVERFLOW, WIDTHS
from tests.browser.ways import LIST
from tests.browser.witness import layout_shifts

DESK: dict[str, Any] = {"width": 1280, "height": 800}
PHONE: dict[str, Any] = {"width": 390, "height": 844, "is_mobile": True, "has_touch": True}
ACKNOWLEDGED = "SELECT count(*) FROM system_alerts WHERE status = 'ACK'"
IN_SIGHT = """() => [...document.querySelectorAll(".rows > .row")].filter((row) => {
  const box = row.getBoundingClientRect();
  return box.top >= 0 && box.bottom <= innerHeight;
}).length"""


def first_alert(page: Page) -> float:
    box = page.locator(".rows > .row").first.bounding_box()
    assert box is not None
    return box["y"]


@pytest.mark.parametrize("console", ["incident", "full"])
@pytest.mark.parametrize(("size", "most"), [(DESK, 220), (PHONE, 300)])
def test_the_first_alert_is_near_the_top(served, opens, console, size, most):
    served.show(console)
    page = opens("directeur", **size)
    page.goto(LIST)
    assert first_alert(page) <= most


def test_many_alerts_are_compact_and_the_choice_stays_with_the_person(served, opens):
    served.show("full")
    page = opens("directeur", **DESK)
    page.goto(LIST)
    assert page.evaluate(IN_SIGHT) >= 12
    row = page.locator(".rows > .row").first
    for text in ("TANK", "Stock négatif", "L", "en retard de", "Directeur"):
        expect(row).to_contain_text(text)
    page.get_by_role("button", name="Lignes aérées").click()
    assert page.evaluate(IN_SIGHT) < 12
    expect(row).to_contain_text("Dans la citerne")
    other = opens("directeur", **PHONE)
    other.goto(f"{LIST}?severity=CRITICAL")
    expect(other.get_by_role("button", name="Lignes aérées")).to_have_attribute(
        "aria-pressed", "true"
    )
    other.get_by_role("button", name="Lignes compactes").click()
    expect(other).to_have_url(f"{served.url}{LIST}?severity=CRITICAL")


def test_heads_sort_and_say_so(served, opens):
    served.show("full")
    page = opens("directeur", **DESK)
    page.goto(LIST)
    heads = page.get_by_role("columnheader")
    expect(page.locator("[aria-sort]")).to_have_attribute("aria-sort", "descending")
    heads.get_by_role("link", name="Objet").click()
    expect(page.get_by_role("columnheader", name="Objet")).to_have_attribute(
        "aria-sort", "ascending"
    )
    names = page.locator(".rows h2 a").evaluate_all("all => all.map((one) => one.firstChild.data)")
    tanks = [int(name.removeprefix("TANK")) for name in names if name.startswith("TANK")]
    assert len(tanks) > 100
    assert tanks == sorted(tanks)  # TANK2 before TANK10


def test_a_range_of_forty_is_acknowledged_in_four_clicks(served, opens):
    served.show("full")
    page = opens("directeur", **DESK)
    page.goto(LIST)
    bar = page.locator("#lot")
    expect(bar).to_be_hidden()
    boxes = page.locator(".pick input")
    boxes.nth(0).click()
    boxes.nth(39).click(modifiers=["Shift"])
    expect(bar).to_contain_text("40 cochées")
    expect(bar).to_be_in_viewport()  # the list was scrolled to the fortieth
    assert layout_shifts(page) == []
    bar.get_by_role("button", name="Acquitter").click()
    expect(page.locator("main")).to_contain_text("40 alertes critiques sont parmi elles")
    page.get_by_role("button", name="Confirmer les 40, dont 40 critiques").click()
    expect(page.locator("#messages")).to_contain_text("40 alertes acquittées.")
    with served.superuser() as connection:
        assert connection.execute(ACKNOWLEDGED).fetchone() == (40,)


def test_shift_and_an_arrow_tick_on_the_way_and_untick_on_the_way_back(served, opens):
    served.show("full")
    page = opens("directeur", **DESK)
    page.goto(LIST)
    page.locator(".rows > .row").first.focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#lot")).to_contain_text("4 cochées")
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator("#lot")).to_contain_text("3 cochées")
    page.get_by_role("button", name="Tout décocher").click()
    expect(page.locator("#lot")).to_be_hidden()


@pytest.mark.parametrize("scripted", [True, False])
def test_every_match_of_a_filter_with_and_without_the_script(served, opens, scripted):
    served.show("full")
    page = opens("directeur", **PHONE, java_script_enabled=scripted)
    page.goto(LIST)
    page.locator(".filters summary").click()
    page.locator("#f-source").select_option("depot")
    if not scripted:
        page.locator(".choices + p button").click()
    expect(page).to_have_url(re.compile("source=depot"))
    expect(page.locator("#combien")).to_contain_text("1")
    if scripted:
        expect(page.locator("#f-source")).to_be_visible()  # the panel is still open
        page.keyboard.press("Escape")
    page.locator(".pick input").first.check()
    page.locator("[name=every]").check()
    page.locator("#lot").get_by_role("button", name="Acquitter").click()
    expect(page.locator("h1")).to_contain_text(f"{SHOWN + MORE + 12}")
    expect(page.get_by_role("button", name="Seulement les")).to_be_visible()


def test_a_filter_that_matches_nothing_and_back(served, opens):
    served.show("incident")
    page = opens("directeur", **DESK)
    page.goto(LIST)
    page.locator("#f-q").fill("introuvable")
    expect(page.locator("#liste")).to_contain_text("Aucune alerte ne correspond")
    expect(page.locator("#f-q")).to_be_focused()
    expect(page.locator("[data-counter=total]")).to_have_text("0")
    page.go_back()
    expect(page.locator(".rows > .row")).to_have_count(12)


@pytest.mark.parametrize("person", ["admin", "directeur", "pca", "gerant", "auditeur"])
def test_no_entry_of_the_bar_is_cut_and_no_list_scrolls_sideways(served, opens, person):
    """Each role has a bar of its own; every page at every width is looked at in test_states.py."""
    served.show("full")
    page = opens(person, still=True)
    page.goto(LIST)
    alert = page.locator(".rows h2 a").first.get_attribute("href")
    wide: set[object] = set()
    for address in (alert, LIST):
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            wide |= {(address, width, one[:60]) for one in page.evaluate(OVERFLOW)[:2]}
            entries = page.locator(".nav a:visible").all() if width >= 768 else []
            boxes = [one.bounding_box() for one in entries]
            wide |= {(address, width, "bar") for box in boxes if box["x"] + box["width"] > width}
    assert wide == set()


@pytest.mark.parametrize("width", [320, 390])
def test_the_menu_can_be_reached(served, opens, width):
    page = opens("directeur", width=width, height=640, is_mobile=True, has_touch=True)
    page.goto(LIST)
    page.locator(".nav-open").click()
    expect(page.locator(".nav a").last).to_be_in_viewport()


def test_ticked_filtered_and_compact_it_is_accessible(served, opens):
    served.show("full")
    page = opens("directeur", still=True)
    page.goto(f"{LIST}?severity=CRITICAL&sort=due")
    page.locator(".pick input").first.check()
    axe = Axe()
    axe.accepts(page)
    page.emulate_media(color_scheme="dark")
    axe.accepts(page, *LINKS)
