"""What a browser complains of behind a page's back; every test must end without a complaint."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

# Runs before the page's own scripts. The page cannot refuse it: it is the browser's, not the document's.
OBSERVERS = """
window.__seen = {shifts: [], violations: []};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const box = ({x, y, width, height}) => [x, y, width, height].map(Math.round).join(" ");
    const parts = entry.sources.map(({node, previousRect, currentRect}) => {
      const what = node?.outerHTML ?? node?.textContent ?? "gone";
      return `${what.slice(0, 80)}: ${box(previousRect)} became ${box(currentRect)}`;
    });
    window.__seen.shifts.push({value: entry.value, parts});
  }
}).observe({type: "layout-shift", buffered: true});
addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`);
});
"""


class Witness:
    """Collects console errors, uncaught errors, and requests to other hosts of one browser context."""

    def __init__(self, context: BrowserContext, host: str) -> None:
        self._host = host
        self._expected: list[str] = []
        self._complaints: list[str] = []
        context.add_init_script(OBSERVERS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self._complaints.append(f"uncaught: {error.error}"))
        context.on("request", self._request)

    def expect(self, *words: str) -> None:
        """Complaints that hold one of these words belong to the test, e.g. the answer 409."""
        self._expected += words

    def forget(self) -> None:
        """Begin anew, for the next test in the same browser."""
        self._expected.clear()
        self._complaints.clear()

    def complaints(self) -> list[str]:
        return [one for one in self._complaints if not any(word in one for word in self._expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complaints.append(f"console: {message.text} ({message.location['url']})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != self._host:
            self._complaints.append(f"another host: {request.url}")


def layout_shifts(page: Page) -> list[dict[str, object]]:
    """What moved by itself since the page began to load, after it has come to rest."""
    page.wait_for_load_state("load")  # style sheets and scripts are there
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 250)))")
    shifts: list[dict[str, object]] = page.evaluate("window.__seen.shifts")
    return shifts
