"""A source is called what people call it, on pages; records and addresses keep its slug."""

import pytest

from governance.core.identity.acting import acting_as_system
from governance.core.ledger.models import LedgerEntry
from tests.alerts.make import finding, take_in
from tests.pages.dom import elements, rows, text_of
from tests.pages.test_screen import scanned

pytestmark = pytest.mark.django_db
NAME = "Dépôt de Lubumbashi"
PAGES = [
    "/governance",
    "/governance/integrity",
    "/governance/integrity?group=rule",
    "/governance/integrity?source=depot",
    "/governance/history",
    "/governance/scans",
    "/governance/rapport",
    "/governance/scans/{scan}",
    "/governance/live",
]


@pytest.fixture(autouse=True)
def named(settings):
    settings.SOURCE_NAMES = {"depot": NAME}
    take_in([finding()])


@pytest.mark.parametrize("address", PAGES)
def test_pages_say_the_name(as_, address):
    said = text_of(as_("directeur").get(address.format(scan=scanned().pk)))
    assert f"Directeur · {NAME}" in said
    assert said.count(NAME) > 1
    if address != "/governance/history":  # its sentences keep the words of the record
        assert " depot " not in said


def test_the_answers_name_a_source_of_which_nothing_is_known(as_):
    page = text_of(as_("directeur").get("/governance"))
    assert f"La source {NAME} n’a pas d’état prouvé." in page


def test_records_and_addresses_keep_the_slug(as_):
    client = as_("directeur")
    (row,) = rows(client.get("/governance/integrity"))
    assert row["data-source"] == "depot"
    offered = elements(client.get("/governance/integrity"), "value")
    assert "depot" in {one["value"] for one in offered if one.tag == "option"}
    with acting_as_system("test"):
        told = LedgerEntry.objects.filter(action="alert.open").values_list("source", flat=True)
        assert set(told) == {"depot"}


def test_without_a_name_the_slug_stands(as_, settings):
    settings.SOURCE_NAMES = {}
    assert "Directeur · depot" in text_of(as_("directeur").get("/governance"))
