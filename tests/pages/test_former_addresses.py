"""Addresses of before, with French names of parameters and values, show what they always showed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.core.identity.acting import acting_as_user
from governance.desk.models import SavedFilter
from tests.alerts.make import finding, take_in
from tests.pages.dom import elements, rows, text_of

pytestmark = pytest.mark.django_db
LIST, HISTORY, REPORT = "/governance/integrity", "/governance/history", "/governance/rapport"


@pytest.fixture(autouse=True)
def two_alerts(ours):
    old = timezone.now() - timedelta(days=9)
    take_in([finding("late", detected_at=old), finding("new")], taken_at=timezone.now())


def chips(page):
    return [one["href"] for one in elements(page, "class") if one["class"] == "chip"]


@pytest.mark.parametrize(
    ("former", "today"),
    [
        ("echeance=depassee", "due=overdue"),
        ("assignee=personne", "assignee=nobody"),
        ("assignee=moi", "assignee=me"),
        ("groupe=regle", "group=rule"),
        ("groupe=entite&severity=CRITICAL", "severity=CRITICAL&group=entity"),
    ],
)
def test_the_screen(as_, former, today):
    client = as_("directeur")
    was, now = (client.get(f"{LIST}?{query}") for query in (former, today))
    assert rows(was) == rows(now)
    assert chips(was) == chips(now)
    assert elements(was, "data-group") == elements(now, "data-group")
    assert "a été ignorée" not in text_of(was)
    assert bool(chips(was)) == ("group=" not in today or "severity" in today)


def test_the_past(as_):
    page = as_("directeur").get(f"{LIST}?au=2020-01-01")
    assert [one["data-as-of"][:10] for one in elements(page, "data-as-of")] == ["2020-01-01"]
    assert "as_of=2020-01-01" in page.content.decode()


def test_the_history_and_the_report(as_):
    client, day = as_("pca"), "2020-01-01"
    page = client.get(f"{HISTORY}?du={day}&au={day}")
    dates = {one["name"]: one["value"] for one in elements(page, "type") if one["type"] == "date"}
    assert dates == {"from": day, "to": day}
    report = client.get(f"{REPORT}?du={day}&au={day}")
    assert f'value="{day}"' in report.content.decode()


def test_a_filter_that_was_kept_before(as_, people):
    with acting_as_user(people["directeur"].pk):
        SavedFilter.objects.create(
            owner=people["directeur"], name="En retard", query="echeance=depassee&groupe=regle"
        )
    client = as_("directeur")
    page = client.get(f"{LIST}/filters")
    (link,) = [one["href"] for one in elements(page, "href") if one.text.strip() == "En retard"]
    assert "Échéance" in text_of(page)
    assert elements(client.get(link), "data-group")
