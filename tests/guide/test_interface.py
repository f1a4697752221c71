"""`docs/interface.md` says for every page what it says when it is empty and to whom it is closed."""

import re

import pytest

from governance.env import BASE_DIR
from tests.pages.test_permissions import GUARDED, SIGNED_IN

TEXT = (BASE_DIR / "docs" / "interface.md").read_text(encoding="utf-8")
ROWS = {
    found[1]: [cell.strip() for cell in found[2].split("|")]
    for found in re.finditer(r"^\| `/([^`]+)` \| (.+) \|$", TEXT, re.MULTILINE)
}


def pages():
    """Addresses that answer a GET with a page: not the files."""
    for route, (_, methods, _) in GUARDED.items():
        if "GET" in methods and ".csv" not in route and ".jsonl" not in route:
            yield route
    yield from (route for route, (methods, _) in SIGNED_IN.items() if "GET" in methods)


def test_every_page_has_its_row_and_every_row_a_page():
    assert sorted(ROWS) == sorted(pages())


@pytest.mark.parametrize("route", ROWS)
def test_a_row_says_both_things(route):
    assert [len(cell) > 5 for cell in ROWS[route]] == [True, True]


def test_what_it_quotes_stands_on_a_page():
    templates = " ".join(
        path.read_text(encoding="utf-8") for path in BASE_DIR.glob("templates/**/*.html")
    )
    quoted = re.findall(r'"([^"]*[àéè’][^"]*)"', TEXT)
    assert len(quoted) >= 2
    assert [one for one in quoted if one not in templates] == []


@pytest.mark.parametrize("status", re.findall(r"^\| (\d{3})", TEXT, re.MULTILINE))
def test_an_error_has_its_page(status):
    """422 is the form itself."""
    assert status == "422" or (BASE_DIR / "templates" / f"{status}.html").is_file()
