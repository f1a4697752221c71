"""Pictures of the main pages for the README and the guides; `make screenshots` takes them.

Not collected with the tests: a picture proves nothing by itself, somebody has to look at it.
"""

from __future__ import annotations

from typing import Any

import pytest

from governance.env import BASE_DIR
from tests.browser.states import every_state

FOLDER = BASE_DIR / "docs" / "images"
LIMIT = 200 * 1024  # bytes: a clone carries every version of every picture
DESK: dict[str, Any] = {"width": 1280, "height": 800}
PHONE: dict[str, Any] = {"width": 390, "height": 844, "is_mobile": True, "has_touch": True}
DARK: dict[str, Any] = {"color_scheme": "dark"}

# file -> (state, browser); the pictures show a console that has lived for a while
CONSOLE = "today"
PICTURES = {
    "home": ("home", DESK | {"height": 1060}),
    "integrity": ("list", DESK),
    "integrity-dark": ("list", DESK | DARK),
    "integrity-phone": ("list", PHONE),
    "integrity-english": ("list-english", DESK),
    "by-rule": ("list-by-rule", DESK),
    "alert": ("alert-over", DESK | {"height": 1060}),
    "alert-phone-dark": ("alert", PHONE | DARK),
    "history": ("history", DESK),
    "rules": ("rules", DESK),
    "scans": ("scans", DESK),
    "report": ("report", DESK | {"height": 1060}),
    "report-phone": ("report", PHONE),
    "sign-in": ("sign-in", DESK),
}


@pytest.mark.parametrize("name", PICTURES)
def test_take(served, opens, name):
    state_name, browser = PICTURES[name]
    state = every_state()[state_name]
    served.show(CONSOLE)
    page = opens(state.person, **browser)
    state.open(page)
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.wait_for_timeout(300)  # colours come to rest
    FOLDER.mkdir(parents=True, exist_ok=True)
    picture = page.screenshot(path=FOLDER / f"{name}.png")
    assert len(picture) <= LIMIT, f"{name}.png has {len(picture)} bytes"
