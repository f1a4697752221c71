"""The integrity page with 200 rows: what it weighs, and that nothing on it moves by itself."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.full import SHOWN
from tests.browser.site import Site
from tests.browser.ways import LIST
from tests.browser.weight import weigh
from tests.browser.witness import layout_shifts

LIMIT = 120 * 1024  # bytes over the wire, with every file
SIZES: dict[str, dict[str, Any]] = {
    "desk": {"width": 1280, "height": 800},
    "phone": {"width": 390, "height": 844, "is_mobile": True, "has_touch": True},
}


@pytest.fixture
def full(served: Site) -> Site:
    served.show("full")
    return served


def test_the_page_of_200_rows_weighs_less_than_120_kb(full, opens):
    page = opens("directeur")
    found = weigh(page, LIST)
    assert page.locator("[data-alert-id]").count() == SHOWN
    kinds = {url.rsplit(".", 1)[-1] for url in found}
    assert {"css", "js", "svg"} <= kinds, found  # all of it was counted
    body = page.request.get(LIST).body()
    assert found[f"{full.url}{LIST}"] < len(body) / 4  # it came compressed
    assert sum(found.values()) < LIMIT, found


@pytest.mark.parametrize("size", SIZES)
def test_nothing_moves_on_a_full_page(full, opens, size):
    """Loaded, ticking for an hour, asking for news that come, and acted upon."""
    page = opens("directeur", own=True, **SIZES[size])
    page.clock.install()
    page.goto(LIST)
    assert page.locator("[data-alert-id]").count() == SHOWN
    assert layout_shifts(page) == []

    ages = page.locator("time[data-age]")
    before = ages.all_inner_texts()
    for _ in range(4):
        page.clock.fast_forward("00:17:00")
        page.clock.run_for(1_500)
    assert sum(old != new for old, new in zip(before, ages.all_inner_texts(), strict=True)) > 20
    assert layout_shifts(page) == []

    other = opens("admin", still=True)
    other.goto(LIST)
    other.locator("[data-action=ack]").last.click()
    other.locator(".row[data-status=ACK]").last.wait_for()
    with page.expect_response("**/pulse?*"):
        page.evaluate("htmx.trigger('#depuis', 'ask')")
    expect(page.locator("#depuis a")).to_be_visible()
    assert layout_shifts(page) == []

    row = page.locator(".rows > .row").first
    # By itself, not by a press, after which a browser forgives.
    row.locator("[data-action=ack]").evaluate("(button) => button.click()")
    expect(row).to_have_attribute("data-status", "ACK")
    expect(row).to_contain_text("par Direction des opérations")
    assert layout_shifts(page) == []


@contextmanager
def in_two_pieces(site: Site, cut: bytes) -> Iterator[str]:
    """The address of a relay to the console that pauses in the middle of a page, as a slow line does."""

    class Relay(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            upstream = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
            upstream.request("GET", self.path, headers={"Cookie": self.headers["Cookie"] or ""})
            answer = upstream.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.end_headers()
            first, found, rest = body.partition(cut)
            self.wfile.write(first)
            if found:
                self.wfile.flush()
                time.sleep(1)
            self.wfile.write(found + rest)
            upstream.close()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Relay) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("cut", [b'<span class="sr-narrow">', b'<p class="lede">', b"<li class="])
def test_nothing_is_painted_before_the_page_is_whole(site, opens, expect_complaint, cut):
    """A page that pauses in the middle of the bar or of its head: what came later pushed the rest aside."""
    page = opens("directeur")
    expect_complaint(page, "another host")
    with in_two_pieces(site, cut) as address:
        page.goto(f"{address}{LIST}")
        expect(page.locator("[data-menu] .sr-narrow").first).to_be_visible()
        assert layout_shifts(page) == []


def test_a_shift_would_be_seen(full, opens):
    """The witness itself: what moves when something is put above the rows."""
    page = opens("directeur")
    page.goto(LIST)
    page.evaluate("document.querySelector('main').style.paddingTop = '120px'")
    # One for each frame that saw some of it: a busy machine may need two.
    shifts = [value for one in layout_shifts(page) if isinstance(value := one["value"], float)]
    assert max(shifts) > 0.01
