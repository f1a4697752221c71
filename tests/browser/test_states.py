"""Every page in each of its states: accessible in both themes, whole on a phone and enlarged, steady."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from governance.env import BASE_DIR
from tests.browser.axe import LINKS, NAMES, Axe
from tests.browser.conftest import BARE, DESK
from tests.browser.sizes import whole_at_each_width, whole_when_enlarged
from tests.browser.states import State, every_state
from tests.browser.witness import layout_shifts

STATES = every_state()

# A compact line has buttons of its own where there is room; else a tick and the bar, or the alert's page: the
# same acts, one step further. All else holds for it as well.
NARROW = {"list-compact"}

# Each wrong field, and whether what stands above it leads there.
MISTAKES = """() => [...document.querySelectorAll("main :is(input, select, textarea)[aria-invalid=true]")]
  .filter((one) => one.type !== "radio" || one.id.endsWith("_0"))
  .map((one) => {
    const way = document.querySelector(`[data-mistakes] a[href="#${CSS.escape(one.id)}"]`);
    const above = way && way.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
    return [one.id, Boolean(above)];
  })"""


def leads_to_what_is_wrong(page: Page) -> None:
    """A refused form: the focus is on its first wrong field, and each is named above with the way to it."""
    expect(page.locator("main [aria-invalid=true]").first).to_be_focused()
    found = page.evaluate(MISTAKES)
    assert found
    assert [name for name, is_named in found if not is_named] == []


# What is on the page, whatever its words: one that is loaded again is the same where this is.
OUTLINE = """() => [...document.body.querySelectorAll("*")].map((one) => [
  one.localName, one.getAttribute("class"), one.open, one.checked, one.ariaInvalid,
].join()).join(" ")"""


@pytest.fixture(scope="module")
def axe() -> Axe:
    return Axe()


@pytest.fixture
def make(served, opens):
    """`make(page, state, language="en")`: on a console that nobody touched."""

    def come_to(page: Page, state: State, language: str = "fr") -> None:
        served.show(state.console)
        served.signs_in(page.context, state.person)
        if language != "fr":
            served.speaks(page, state.person, language)
        state.open(page, *([opens(state.other, still=True)] if state.other else []))

    return come_to


@pytest.fixture
def visit(make, opens, expect_complaint):
    """`visit(state)`: that person's page in that state."""

    def open_page(state: State) -> Page:
        page: Page = opens(state.person, still=True)
        if state.answer:
            expect_complaint(page, state.answer)
        make(page, state)
        return page

    return open_page


@pytest.fixture
def in_english(served, make):
    """`in_english(page, state, outline)`: that page loaded again, or made again where it is another then."""

    def open_page(page: Page, state: State, outline: str) -> None:
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="dark")
        if state.lasts:
            served.speaks(page, state.person, "en")
            page.reload()
        if not state.lasts or page.evaluate(OUTLINE) != outline:
            page.goto(BARE)  # nothing of it may still ask for something when its database goes
            make(page, state, "en")
        expect(page.locator("html")).to_have_attribute("lang", "en")

    return open_page


@pytest.mark.parametrize("name", STATES)
def test_state(visit, in_english, axe, name):
    """Nothing that axe objects to; nothing lost on a phone or enlarged, nothing too small for a finger.

    And in English in the dark: other words are other lengths and other labels, other colours have other
    contrasts. What holds whatever the words and colours was looked at in French.
    """
    state = STATES[name]
    page = visit(state)
    outline = page.evaluate(OUTLINE)
    assert page.locator("h1").count() == 1
    if state.answer == "422":
        leads_to_what_is_wrong(page)
    axe.accepts(page)
    if not state.english:  # or it is seen in the dark there
        page.emulate_media(color_scheme="dark")
        axe.accepts(page, *LINKS)
    whole_at_each_width(page)
    whole_when_enlarged(page, loses_shortcuts=name in NARROW)
    if state.english:
        in_english(page, state, outline)
        axe.accepts(page, *LINKS, *NAMES)
        whole_at_each_width(page)


def test_every_page_is_looked_at_in_english():
    table = (BASE_DIR / "docs" / "interface.md").read_text(encoding="utf-8")
    pages = set(re.findall(r"^\| `(/[^`]*)` \|", table, re.MULTILINE))
    pages.remove("/governance/integrity/pulse")  # a part of the screen, not a page
    ours = {
        state.english for state in STATES.values() if not state.english.startswith("/accounts/")
    }
    assert pages == ours - {""}


# The one that has the focus, and whether that can be seen by its outline.
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
    && box.width > 0 && box.height > 0;
  return {html: one.outerHTML.slice(0, 120), seen};
}"""


@pytest.mark.parametrize(
    "name", ["sign-in", "home-tour", "list", "alert", "history", "help", "not-found"]
)
def test_the_focus_can_be_seen_wherever_the_tab_key_leads(visit, name):
    page = visit(STATES[name])
    page.evaluate("document.activeElement.blur()")
    met: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break  # round the page and back in the browser's own bar
        assert focused["seen"], focused["html"]
        met.append(focused["html"])
    assert len(set(met)) >= 5


@pytest.mark.parametrize("name", ["sign-in", "home", "list", "list-calm", "alert", "not-found"])
def test_nothing_moves_while_a_page_loads(visit, name):
    page = visit(STATES[name])
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(page.url)  # by itself, without the click that led here
        assert layout_shifts(page) == [], width
