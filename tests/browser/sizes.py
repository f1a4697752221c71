"""Whether a page is whole at each width: nothing beside its edge, cut, too small for a finger, or lost."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.conftest import DESK

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

CONTROLS = "main :is(a[href], button, summary, select, input:not([type=hidden]))"

# The narrowest phone (a desk at 400 %), a phone, a tablet, a desk.
WIDTHS = (320, 390, 768, 1280)
PHONE = 390


def whole_at_each_width(page: Page) -> None:
    """Begins and ends on a desk."""
    assert page.evaluate(OVERFLOW) == []
    for width in sorted(WIDTHS, reverse=True)[1:]:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(OVERFLOW) == [], width
        if width == PHONE:
            for check in (CUT, SMALL_TARGETS):
                assert page.evaluate(check) == []


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
