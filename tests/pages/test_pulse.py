"""What happened since a page was read, in one line, and silence when nothing did."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from alerts import services
from governance.core.identity.acting import acting_as_user
from governance.core.identity.roles import Role
from tests.alerts.make import alert, finding, take_in
from tests.conftest import make_user, signed_in
from tests.pages.dom import elements, text_of

LIST = "/governance/integrity"


@pytest.fixture
def people(fresh_console):
    """Each scan and each page in a transaction of its own, as in life."""
    return {
        "directeur": make_user("directeur", {"depot": Role.DIRECTEUR}),
        "pca": make_user("pca", {"depot": Role.PCA}),
        "ailleurs": make_user("ailleurs", {"autre": Role.DIRECTEUR}),
    }


@pytest.fixture
def as_(people):
    return lambda name: signed_in(people[name])


def news_url(client, query=""):
    (place,) = [
        one for one in elements(client.get(LIST + query), "hx-get") if one.get("id") == "depuis"
    ]
    return place["hx-get"]


def test_silence_while_the_state_is_the_same(as_):
    take_in([finding()], taken_at=timezone.now())
    client = as_("directeur")
    answer = client.get(news_url(client))
    assert (answer.status_code, answer.content) == (204, b"")


def test_silence_when_a_scan_saw_the_same_again(as_):
    take_in([finding()], taken_at=timezone.now())
    client = as_("directeur")
    url = news_url(client)
    take_in([finding()], taken_at=timezone.now())
    assert client.get(url).status_code == 204


def test_opened_closed_and_changed_are_counted(as_, people):
    take_in([finding("a"), finding("b"), finding("c")], taken_at=timezone.now())
    client = as_("directeur")
    url = news_url(client)
    take_in(
        [finding("b"), finding("c", message="autrement"), finding("d"), finding("e")],
        taken_at=timezone.now(),
    )
    with acting_as_user(people["directeur"].pk):
        services.alert_acknowledge(alert_id=alert(entity_id="b").pk, version=1)
    page = client.get(url)
    assert page.status_code == 200
    assert "2 nouvelles, 1 close, 2 changées depuis votre lecture" in text_of(page)
    assert [one["href"] for one in elements(page, "data-refresh")] == [LIST]


def test_the_filter_of_the_page_counts(as_):
    take_in([finding("a")], taken_at=timezone.now())
    client = as_("directeur")
    url = news_url(client, "?severity=WARN")
    take_in([finding("a"), finding("b")], taken_at=timezone.now())
    assert client.get(url).status_code == 204
    take_in([finding("a"), finding("b"), finding("w", severity="WARN")], taken_at=timezone.now())
    page = client.get(url)
    assert "1 nouvelle depuis votre lecture" in text_of(page)
    assert [one["href"] for one in elements(page, "data-refresh")] == [f"{LIST}?severity=WARN"]


def test_nothing_of_another_place_is_counted(as_):
    take_in([finding()], taken_at=timezone.now())
    client = as_("ailleurs")
    url = news_url(client)
    take_in([finding(), finding("b")], taken_at=timezone.now())
    assert client.get(url).status_code == 204


@pytest.mark.parametrize("since", ["", "hier", "2026-11-21T99:00:00Z", "2026-01-01T00:00:00+00:00"])
def test_a_page_that_is_too_old_or_says_nonsense_is_read_anew(as_, since):
    query = urlencode({"since": since, "severity": "WARN"})
    page = as_("pca").get(f"{LIST}/pulse?{query}")
    assert page.status_code == 200
    assert "Page lue il y a longtemps" in text_of(page)


def test_asking_keeps_no_session_alive(as_):
    client = as_("directeur")
    client.get(news_url(client))
    answer = client.get(news_url(client))
    assert "sessionid" not in answer.cookies


def test_the_past_is_not_asked_for_news(as_):
    take_in([finding()], taken_at=timezone.now())
    at = (timezone.now() + timedelta(seconds=-1)).isoformat()
    page = as_("directeur").get(LIST, {"as_of": at})
    assert [one for one in elements(page, "hx-get") if one.get("id") == "depuis"] == []
