"""A report beside its past, kept in the ledger, and verified by whoever holds the paper."""

import re
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from governance.reports.period import Period, last_month
from tests.alerts.make import finding, take_in
from tests.conftest import make_user
from tests.pages.dom import elements, text_of
from tests.pages.test_report import (  # noqa: F401 - fixtures
    URL,
    chair,
    client_of,
    director,
    happen,
    report_of,
    to_last_month,
)
from tests.schedule.make import scanned

VERIFY = f"{URL}/verify"


def digest_in(page):
    found = re.search(
        r"<code>([0-9a-f]{64})</code>", page.content.decode().split('class="seal"')[1]
    )
    assert found
    return found[1]


def verdict(page):
    return [one["data-verified"] for one in elements(page, "data-verified")]


@pytest.mark.parametrize(
    ("period", "before", "year"),
    [
        (("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28"), ("2025-03-01", "2025-03-31")),
        (("2024-02-01", "2024-02-29"), ("2024-01-01", "2024-01-31"), ("2023-02-01", "2023-02-28")),
        (("2026-03-05", "2026-03-11"), ("2026-02-26", "2026-03-04"), ("2025-03-05", "2025-03-11")),
        (("2024-02-29", "2024-02-29"), ("2024-02-28", "2024-02-28"), ("2023-02-28", "2023-02-28")),
    ],
)
def test_a_period_knows_the_one_before_and_that_of_last_year(period, before, year):
    def read(days):
        return Period(*map(date.fromisoformat, days))

    assert read(period).before == read(before)
    assert read(period).year_before == read(year)


def test_it_is_told_in_words_and_says_what_nobody_knew(chair, director, to_last_month):  # noqa: F811
    happen(director)
    to_last_month()
    page = client_of(chair).get(URL)
    text = text_of(page)
    assert "2 anomalies ont été constatées." in text  # no "contre": the month before is unknown
    assert "En quelques mots" in text
    compared = report_of(page).split('id="r-compare"')[1].split("</section>")[0]
    assert (
        compared.count("INCONNU") == 5 * 3
    )  # the month of the first scan was not seen whole either
    assert "La console n’a pas vu toute cette période" in text
    assert "Objets les plus touchés" in text


def test_a_kept_report_is_found_again_by_anyone_who_holds_it(chair, director, to_last_month):  # noqa: F811
    happen(director)
    to_last_month()
    client = client_of(chair)
    month = last_month(timezone.localdate())
    refused = client.post(f"{URL}/keep?from={month.first}&to={month.last}", follow=True)
    assert "encore provisoire" in text_of(refused)
    scanned(ago=timedelta(seconds=5))  # from here on nothing can be added to that month
    page = client.get(URL)
    digest, month = digest_in(page), last_month(timezone.localdate())
    days = f"from={month.first}&to={month.last}"
    assert "<svg" in page.content.decode().split('class="seal"')[1]
    assert client.post(f"{URL}/keep?{days}").status_code == 303
    assert client.post(f"{URL}/keep?{days}").status_code == 303  # once is enough
    with acting_as_system("test"):
        assert LedgerEntry.objects.filter(action="report.keep").count() == 1
    page = client.get(URL)
    assert digest_in(page) == digest  # keeping it changes nothing in it
    assert elements(page, "data-kept")
    assert "Rapports gardés" in text_of(page)

    manager = client_of(make_user("chef", {"depot": Role.GERANT}))
    found = manager.get(VERIFY, {"code": digest})
    assert verdict(found) == ["whole"]
    assert "Aline Banza l’a gardé" in text_of(found)
    assert "Le bac A" not in text_of(found)
    assert Client().get(VERIFY).status_code == 302
    # One letter of it is another report.
    wrong = digest[:-1] + ("0" if digest[-1] != "0" else "1")
    assert verdict(manager.get(VERIFY, {"code": wrong})) == ["unknown"]
    assert verdict(manager.get(VERIFY, {"code": "bonjour"})) == []


def test_a_report_that_nobody_kept_is_drawn_up_again(chair, director, to_last_month):  # noqa: F811
    happen(director)
    to_last_month()
    client = client_of(chair)
    month = last_month(timezone.localdate())
    digest = digest_in(client.get(URL))
    take_in([finding("neuve")], taken_at=timezone.now() + timedelta(minutes=5))
    address = f"https://console.invalid{VERIFY}?from={month.first}&to={month.last}&digest={digest}"
    page = client.get(VERIFY, {"code": address})
    assert verdict(page) == ["whole"]
    assert "mot pour mot" in text_of(page)
    text = text_of(page)
    assert "1 anomalie est venue depuis" in text
    by_camera = client.get(f"{VERIFY}?{urlsplit(address).query}")
    assert verdict(by_camera) == ["whole"]
    elsewhere = client_of(make_user("autre", {"autre": Role.PCA}))
    assert verdict(elsewhere.get(VERIFY, {"code": address})) == ["unknown"]
