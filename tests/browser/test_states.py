"""Every page in each of its states: accessible in both themes, whole on a phone and enlarged, steady."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from governance.env import BASE_DIR
from tests.browser.conftest import DESK
from tests.browser.states import State, every_state
from tests.browser.witness import layout_shifts

STATES = every_state()

AXE = """async (only) => {
  const found = await axe.run(document, {
    resultTypes: ["violations"],
    preload: false,
    rules: only.length ? {} : {"target-size": {enabled: true}},
    ...(only.length ? {runOnly: only} : {}),
  });
  return found.violations.map(({id, nodes}) => [id, nodes.map((node) => node.html + node.failureSummary)]);
}"""

# What a finger would hit around the middle of each control: itself, its label, or something in it.
SMALL_TARGETS = """() => {
  const reach = 21;  // half of 44 pixels, less rounding
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const small = [];
  for (const control of document.querySelectorAll(controls)) {
    control.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
    const box = control.getBoundingClientRect();
    if (!control.checkVisibility({visibilityProperty: true}) || box.bottom <= 0) continue;
    if (control.closest("[inert]")) continue;  // nothing of it can be pressed
    // What an open menu covers waits until it is closed.
    const over = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    const menu = ":is([data-menu], [data-drop])";
    const cover = over?.closest(`${menu} > :not(summary)`);
    if (cover && cover.parentNode !== control.closest(menu)) continue;
    // A link within a sentence is as high as its line (WCAG 2.5.8 excepts it).
    const words = [...control.parentNode.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
    if (words && getComputedStyle(control).display === "inline") continue;
    const labels = [...(control.labels || [])].map((label) => label.getBoundingClientRect());
    const left = Math.min(box.left, ...labels.map((one) => one.left));
    const right = Math.max(box.right, ...labels.map((one) => one.right));
    const x = (left + right) / 2;
    const y = (box.top + box.bottom) / 2;
    const hits = [[0, -reach], [0, reach], [-reach, 0], [reach, 0]].every(([dx, dy]) => {
      const hit = document.elementFromPoint(x + dx, y + dy);
      const menuOver = hit?.closest(`${menu} > :not(summary)`);
      if (menuOver && menuOver.parentNode !== control.closest(menu)) return true;
      return hit && (control.contains(hit) || hit.closest("label")?.control === control);
    });
    if (!hits) small.push(`${control.outerHTML.slice(0, 120)} ${box.width}x${box.height}`);
  }
  return small;
}"""

OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return [];
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest("thead, .sr"))
    .map((one) => one.outerHTML.slice(0, 120));
}"""

# Text that is cut off where it stands, without a way to scroll to it.
CUT = """() => [...document.querySelectorAll("main *, header *")].filter((one) => {
  const style = getComputedStyle(one);
  return !["visible", "auto"].includes(style.overflow)
    && !one.matches(".sr, .sr *, .sr-narrow, select, input, svg, svg *, nav ul, thead")
    && one.scrollWidth > one.clientWidth + 1;
}).map((one) => one.outerHTML.slice(0, 120))"""


# Rules of axe about what colours and words may change.
COLOURS = ("color-contrast", "link-in-text-block")
NAMES = (
    *("aria-command-name", "aria-input-field-name", "aria-toggle-field-name", "button-name"),
    *("document-title", "empty-heading", "empty-table-header", "frame-title", "html-has-lang"),
    *(
        "html-lang-valid",
        "image-alt",
        "input-button-name",
        "label",
        "label-title-only",
        "link-name",
    ),
    *("select-name", "summary-name", "svg-img-alt", "valid-lang"),
)

CONTROLS = "main :is(a[href], button, summary, select, input:not([type=hidden]))"


def accessible(page: Page, *only: str) -> None:
    """Nothing that axe objects to, by all of its rules or by these only."""
    violations = page.evaluate(AXE, [*only])
    assert violations == [], json.dumps(violations, indent=1, ensure_ascii=False)


# The narrowest phone (a desk at 400 %), a phone, a tablet, a desk.
WIDTHS = (320, 390, 768, 1280)


def whole_on_a_phone(page: Page) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(OVERFLOW) == [], width
    page.set_viewport_size({"width": 390, "height": 844})
    for check in (CUT, SMALL_TARGETS):
        assert page.evaluate(check) == []


# A compact line has buttons of its own where there is room; else a tick and the bar, or the alert's page: the
# same acts, one step further. All else holds for it as well.
NARROW = {"list-compact"}


def whole_when_enlarged(page: Page, *, loses_shortcuts: bool) -> None:
    """A browser's zoom of 200 % is half the pixels for the page: no control may be lost."""
    page.set_viewport_size(DESK)
    page.locator("main details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    before = page.locator(f"{CONTROLS}:visible").count()
    page.set_viewport_size({"width": 640, "height": 400})
    if loses_shortcuts:
        assert page.locator("main [name=selected]:visible").count() > 0
    else:
        assert page.locator(f"{CONTROLS}:visible").count() >= before
    assert page.evaluate(OVERFLOW) == []
    assert page.evaluate(CUT) == []


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


@pytest.fixture
def visit(served, opens, expect_complaint):
    """`visit(state, language="en")`: a page in that state, with axe loaded."""

    def open_page(state: State, language: str = "fr", **options: Any) -> Page:
        served.show(state.console)
        page: Page = opens(state.person, **(options or {"shared": True}))
        if state.answer:
            expect_complaint(page, state.answer)
        if language != "fr":
            served.speaks(page, state.person, language)
        state.open(page)
        return page

    return open_page


@pytest.mark.parametrize("name", STATES)
def test_state(visit, name):
    """Nothing that axe objects to; nothing lost on a phone or enlarged, nothing too small for a finger."""
    page = visit(STATES[name])
    assert page.locator("h1").count() == 1
    if STATES[name].answer == "422":
        leads_to_what_is_wrong(page)
    page.evaluate(AXE_SCRIPT + "; undefined")
    accessible(page)
    if not STATES[name].english:  # or it is seen in the dark there
        page.emulate_media(color_scheme="dark")
        accessible(page, *COLOURS)
    whole_on_a_phone(page)
    whole_when_enlarged(page, loses_shortcuts=name in NARROW)


def test_every_page_is_looked_at_in_english():
    table = (BASE_DIR / "docs" / "interface.md").read_text(encoding="utf-8")
    pages = set(re.findall(r"^\| `(/[^`]*)` \|", table, re.MULTILINE))
    pages.remove("/governance/integrity/pulse")  # a part of the screen, not a page
    ours = {
        state.english for state in STATES.values() if not state.english.startswith("/accounts/")
    }
    assert pages == ours - {""}


@pytest.mark.parametrize("name", [name for name, state in STATES.items() if state.english])
def test_state_in_english_and_in_the_dark(visit, name):
    """Other words are other lengths, and other labels; other colours have other contrasts.

    What holds whatever the words and colours was looked at in French.
    """
    page = visit(STATES[name], language="en")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.evaluate(AXE_SCRIPT + "; undefined")
    accessible(page, *COLOURS, *NAMES)
    whole_on_a_phone(page)


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


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["sign-in", "home", "list", "list-calm", "alert", "not-found"])
def test_nothing_moves_while_a_page_loads(visit, name, width):
    page = visit(STATES[name], width=width)
    page.goto(page.url)  # by itself, without the click that led here
    assert layout_shifts(page) == []
