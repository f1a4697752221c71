"""The library of list pages: what an address asks for, its chips and choices, and pages by a place."""

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.http import QueryDict

from governance.core.web.listing import TEXT_LIMIT, Filter, Listing, Reader, source_choices
from governance.core.web.paging import Order, whole_number

COLOURS = [("red", "Rouge"), ("blue", "Bleu")]
FRUIT = Listing(
    view="integrity",
    filters=(
        Filter("colour", "Couleur", lambda *_args: COLOURS, many=True, former={"rouge": "red"}),
        Filter("source", "Source", source_choices),
        Filter("q", "Recherche", reads=lambda text, _reader: text, selects="text", is_cut=True),
        Filter("name", "Nom", reads=lambda text, _reader: text, is_exact=True),
        Filter("layout", "Vue", lambda *_args: [("grid", "Grille")], narrows=False),
    ),
    former={"couleur": "colour"},
)
READER = Reader(frozenset({"depot"}))


def read(query):
    return FRUIT.read(QueryDict(query), READER)


def test_values_are_what_rows_are_selected_by():
    asked = read("colour=red&colour=blue&source=depot&q=%20mur%20&layout=grid&cursor=7")
    assert asked.values == {
        "colour": ("red", "blue"),
        "source": "depot",
        "text": "mur",
        "layout": "grid",
    }
    assert (asked.text("source"), asked.cursor, asked.ignored) == ("depot", "7", [])


def test_the_last_of_a_filter_that_counts_once_counts():
    assert read("q=a&q=b").values == {"text": "b"}


@pytest.mark.parametrize(
    ("query", "ignored"),
    [
        ("colour=green&colour=red", [{"name": "Couleur", "value": "green"}]),
        ("source=autre", [{"name": "Source", "value": "autre"}]),
        ("colour=r%00ed", []),  # a browser cannot send it, and PostgreSQL has no such text
        ("colour=", []),
        ("colour=%20", []),
        ("unknown=1", []),
        (f"name={'x' * 201}", [{"name": "Nom", "value": "x" * 201}]),
        (f"q={'x' * 203}", [{"name": "Recherche", "value": "xxx"}]),
    ],
)
def test_what_means_nothing_is_left_out_and_reported(query, ignored):
    assert read(query).ignored == ignored


def test_free_text_is_cut_where_its_limit_is():
    assert read(f"q={'x' * 203}").values == {"text": "x" * TEXT_LIMIT}


def test_blanks_count_only_in_what_is_exact():
    asked = read("name=%20a%20&source=%20depot")
    assert asked.values == {"name": " a ", "source": "depot"}


def test_addresses_are_in_the_order_of_the_filters_and_can_read_otherwise():
    asked = read("q=mur&colour=red&colour=blue&layout=grid&cursor=7").staying(as_of="2026-01-01")
    same = "/governance/integrity?colour=red&colour=blue&q=mur&layout=grid&as_of=2026-01-01"
    assert asked.url == asked.address() == same
    assert asked.address(cursor="9") == f"{same}&cursor=9"
    assert asked.address(without=("colour", "red")) == same.replace("colour=red&", "")
    assert asked.address(colour="", q="blé") == same.replace(
        "colour=red&colour=blue&q=mur", "q=bl%C3%A9"
    )
    assert asked.address(view="scans").startswith("/governance/scans?colour=red")
    assert asked.clear_url == "/governance/integrity?as_of=2026-01-01"
    assert asked.list_url == "/governance/integrity"


def test_an_older_address_reads_the_same_and_is_written_anew():
    old = read("couleur=rouge&couleur=blue")
    assert old.values == {"colour": ("red", "blue")}
    assert old.url == "/governance/integrity?colour=red&colour=blue"


def test_a_chip_for_each_filter_in_force_leads_to_the_page_without_it():
    asked = read("colour=red&source=depot&q=mur&layout=grid")
    assert [(chip["label"], chip["value"], chip["url"]) for chip in asked.chips] == [
        ("Couleur", "Rouge", "/governance/integrity?source=depot&q=mur&layout=grid"),
        ("Source", "depot", "/governance/integrity?colour=red&q=mur&layout=grid"),
        ("Recherche", "mur", "/governance/integrity?colour=red&source=depot&layout=grid"),
    ]
    assert asked.in_force
    assert not read("layout=grid").in_force  # how it is shown narrows nothing


def test_choices_are_those_of_the_filters_that_offer_some():
    choices = read("colour=blue").choices
    assert [one["name"] for one in choices] == ["colour", "source", "layout"]
    assert [(one["value"], one["selected"]) for one in choices[0]["options"]] == [
        ("", False),
        ("red", False),
        ("blue", True),
    ]


def test_the_way_back_is_offered_behind_the_first_page_only():
    assert read("").pager("5")["first_url"] == ""
    pager = read("q=mur&cursor=3").pager("", shown=2, total=52)
    assert pager["first_url"] == "/governance/integrity?q=mur"
    assert (pager["next_url"], pager["shown"], pager["total"]) == ("", 2, 52)


AT = datetime(2026, 1, 1, tzinfo=UTC)
ONE = UUID(int=1)
THREE = Order(
    {"rank": whole_number, "at": datetime.fromisoformat, "id": UUID}, size=2, newest_first=False
)


def test_a_cursor_names_the_place_of_a_row():
    row = SimpleNamespace(rank=1, at=AT, id=ONE)
    assert THREE.place(THREE.cursor(row)) == (1, AT, ONE)
    number = Order({"number": whole_number}, size=2)
    assert number.cursor(SimpleNamespace(number=7)) == "7"
    assert number.place("7") == (7,)


@pytest.mark.parametrize(
    "cursor", ["", "x", "-1", "²", "9" * 30, "\x00", "W10", "WzEsMl0", "bnVsbA", "eyJhIjoxfQ"]
)
def test_a_cursor_that_we_never_wrote_is_the_first_page(cursor):
    assert THREE.place(cursor) is None
    assert Order({"number": whole_number}, size=2).place(cursor) is None


def test_a_page_knows_whether_another_follows():
    number = Order({"number": whole_number}, size=2)
    rows = [SimpleNamespace(number=n) for n in (9, 8, 7)]
    page = number.page(rows)
    assert ([row.number for row in page.rows], page.next_cursor) == ([9, 8], "8")
    assert number.page(rows[:2]).next_cursor == ""
