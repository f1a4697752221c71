"""What axe objects to on a page; a text's contrast is looked at once, wherever else the same kind stands.

Contrast is most of what axe costs. It hangs on the colours and backgrounds from the text up to the root:
where a text with the same chain of these passed on another page, this one passes too.
"""

from __future__ import annotations

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# For each page of a browser, which runs it when it is asked for.
LOADED = f"window.loadAxe = () => {{ if (!window.axe) {{ {AXE_SCRIPT} }} }};"

AXE = """async ([only, passed]) => {
  loadAxe();
  const hash = (text) => {
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (let n = 0; n < text.length; n += 1) {
      a = Math.imul(a ^ text.charCodeAt(n), 2654435761);
      b = Math.imul(b ^ text.charCodeAt(n), 1597334677);
    }
    return `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
  };
  const kinds = new Map([[null, ""]]);
  const kind = (one) => {
    if (!kinds.has(one)) {
      const style = getComputedStyle(one);
      const disabled = one.matches(":disabled, [aria-disabled=true]") || Boolean(one.control?.disabled);
      kinds.set(one, hash([
        kind(one.parentElement), one.localName, one.getAttribute("class"), disabled, style.color, style.fill,
        style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.textShadow,
        style.fontSize, style.fontWeight, style.position,
      ].join()));
    }
    return kinds.get(one);
  };
  const known = new Set(passed.split(" "));
  const says = (one) => one.matches("input, select, textarea")
    || [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const fresh = [...document.body.querySelectorAll("*")].filter((one) =>
    one.checkVisibility({visibilityProperty: true}) && !one.closest("[inert], [aria-hidden=true]")
    && says(one) && !known.has(kind(one)));
  for (const one of fresh) one.dataset.fresh = "";
  axe.configure({rules: [{id: "color-contrast", selector: "[data-fresh]"}]});
  const found = await axe.run(document, {
    resultTypes: ["violations", "incomplete", "passes"],
    elementRef: true,
    selectors: false,
    preload: false,
    ...(only.length ? {runOnly: ["color-contrast", ...only]} : {rules: {"target-size": {enabled: true}}}),
  });
  for (const one of fresh) delete one.dataset.fresh;
  const judged = (results) => results.filter(({id}) => id === "color-contrast")
    .flatMap(({nodes}) => nodes.map(({element}) => kind(element)));
  const doubtful = new Set(judged([...found.violations, ...found.incomplete]));
  return {
    violations: found.violations.map(({id, nodes}) =>
      [id, nodes.map((node) => node.html + node.failureSummary)]),
    passed: [...new Set(judged(found.passes))].filter((one) => !doubtful.has(one)),
  };
}"""

# Rules that hang on the words.
NAMES = (
    *("aria-command-name", "aria-input-field-name", "aria-toggle-field-name", "button-name"),
    *("document-title", "empty-heading", "empty-table-header", "frame-title", "html-has-lang"),
    *("html-lang-valid", "image-alt", "input-button-name", "label", "label-title-only"),
    *("link-name", "select-name", "summary-name", "svg-img-alt", "valid-lang"),
)
# The other rule that hangs on the colours.
LINKS = ("link-in-text-block",)


class Axe:
    """Remembers the kinds of text that passed."""

    def __init__(self) -> None:
        self._passed: set[str] = set()

    def accepts(self, page: Page, *only: str) -> None:
        """Nothing is wrong by any of its rules, or by contrast and these."""
        found = page.evaluate(AXE, [[*only], " ".join(self._passed)])
        self._passed.update(found["passed"])
        wrong = found["violations"]
        assert wrong == [], json.dumps(wrong, indent=1, ensure_ascii=False)
