"""What surrounds every page: themes, motion, links that lead somewhere, figures that tick."""

from __future__ import annotations

import html
import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.ways import HOME, LIST, alert, go, row_of

BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def test_theme_follows_the_system_until_it_is_chosen_and_the_choice_stays(site, opens):
    page = opens("directeur", color_scheme="light")
    page.goto(LIST)
    light = page.evaluate(BACKGROUND)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(BACKGROUND)
    assert light != dark
    page.emulate_media(color_scheme="light")
    page.locator("[data-menu] summary").click()
    page.get_by_role("button", name="Sombre").click()
    assert page.evaluate(BACKGROUND) == dark
    page.goto("/governance")
    assert page.evaluate(BACKGROUND) == dark
    page.locator("[data-menu] summary").click()
    expect(page.get_by_role("button", name="Sombre")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Auto").click()
    assert page.evaluate(BACKGROUND) == light


def test_the_menu_closes_on_escape_and_elsewhere(site, opens):
    page = opens("directeur")
    page.goto(LIST)
    menu, summary = page.locator("[data-menu]"), page.locator("[data-menu] summary")
    summary.click()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    summary.click()
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")


MOVING = """[...document.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one);
  return style.transitionDuration.split(", ").some((time) => parseFloat(time) > 0)
    || style.animationName !== "none" || style.scrollBehavior === "smooth";
}).length"""


def test_nothing_moves_for_those_who_asked_for_that(site, opens):
    page = opens("directeur", reduced_motion="reduce")
    for address in ("/governance", LIST, "/governance/aide", "/governance/rules"):
        page.emulate_media(reduced_motion="reduce")
        page.goto(address)
        assert page.evaluate(MOVING) == 0, address
        page.emulate_media(reduced_motion="no-preference")
        assert page.evaluate(MOVING) > 0, address


def test_on_paper_there_is_nothing_to_press_or_to_fill_in(site, opens):
    page = opens("directeur", still=True)
    ways = [go(one) for one in (HOME, LIST, "/governance/history", "/governance/scans")]
    for way in (*ways, alert):
        page.emulate_media(media="screen")
        way(page)
        page.emulate_media(media="print")
        controls = page.locator(":is(button, input, select, textarea, nav a, .btn):visible")
        assert [
            one.evaluate("(one) => one.outerHTML.slice(0, 120)") for one in controls.all()
        ] == []


def test_ages_tick(site, opens):
    page = opens("directeur", own=True)
    page.clock.install()
    page.goto(LIST)
    age = page.locator(".sources time").first
    page.clock.fast_forward("10:00")
    expect(age).to_have_text(re.compile(r"^il y a 1\d\xa0min$"))


def test_copying_the_raw_data(site, opens):
    page = opens("directeur", permissions=["clipboard-read", "clipboard-write"])
    alert(page)
    page.get_by_role("button", name="Copier").click()
    expect(page.get_by_role("button", name="Copié")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#donnees").text_content()
    assert '"citerne": "TANK4"' in copied


def test_the_alert_page_answers_without_script_and_without_style(site, opens):
    """The reading order alone says what is wrong, since when, and what may be done."""
    page = opens("directeur", java_script_enabled=False)
    page.route("**/*.css", lambda route: route.fulfill(body="", content_type="text/css"))
    page.goto(LIST)
    page.goto(row_of(page).locator("h2 a").get_attribute("href") or "")
    words = " ".join(page.locator("main").inner_text().split())
    what = " ".join(page.locator("h1").inner_text().split())
    order = ["Critique", "Ouverte", what, "Dure depuis", "Acquitter", "Valeurs constatées"]
    places = [words.index(word) for word in order]
    assert places == sorted(places)


@pytest.mark.parametrize("name", ["", "admin", "directeur", "pca", "gerant", "auditeur"])
def test_no_link_is_dead(site, playwright, name):
    """Every address that a page offers answers, three of each kind, and every place within a page exists."""
    cookie = f"{settings.SESSION_COOKIE_NAME}={site.sessions.get(name, '')}"
    request = playwright.request.new_context(extra_http_headers={"Cookie": cookie} if name else {})
    seen: dict[str, str] = {}
    kinds: Counter[str] = Counter()
    dead: list[str] = []
    waiting = [(urljoin(site.url, "/governance"), "(start)")]
    while waiting and len(seen) < 60:
        address, found_on = waiting.pop(0)
        place = urlsplit(address)
        document = address.partition("#")[0]
        if place.netloc != urlsplit(site.url).netloc:
            dead.append(f"{address} leaves the console (on {found_on})")
            continue
        if document not in seen:
            kind = re.sub(r"[0-9a-f-]{36}|\d+|=[^&]*", "*", document)
            kinds[kind] += 1
            if kinds[kind] > 3:
                continue
            answer = request.get(document)
            seen[document] = answer.text()
            if answer.status != 200:
                dead.append(f"{answer.status} {document} (on {found_on})")
                continue
            for link in re.findall(r'<a [^>]*?href="([^"]*)"', seen[document]):
                waiting.append((urljoin(answer.url, html.unescape(link)), document))
        if place.fragment and f'id="{place.fragment}"' not in seen[document]:
            dead.append(f"{address}: no such place (on {found_on})")
    request.dispose()
    assert len(seen) >= 2
    assert dead == []
