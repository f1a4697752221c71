"""The language is the person's choice, remembered; French until somebody chooses."""

import pytest
from django.test import Client

from governance.core.identity.acting import acting_as_user
from governance.core.identity.models import User
from tests.alerts.make import alert, finding, take_in
from tests.conftest import account
from tests.pages.dom import elements, text_of
from tests.schedule.make import ours_scanned

pytestmark = pytest.mark.django_db
SET = "/governance/language"
URL = "/governance/integrity"


def language(page):
    (html,) = [one for one in elements(page, "lang") if one.tag == "html"]
    return html["lang"]


def test_french_whatever_the_browser_announces(as_):
    page = as_("directeur").get(URL, headers={"accept-language": "en-GB,en;q=0.9"})
    assert language(page) == "fr"
    assert page["Content-Language"] == "fr"


def test_a_choice_keeps_the_page_and_follows_the_person_to_another_device(as_, people):
    answer = as_("directeur").post(SET, {"language": "en", "next": f"{URL}?severity=WARN"})
    assert (answer.status_code, answer["Location"]) == (303, f"{URL}?severity=WARN")
    elsewhere = Client()
    elsewhere.force_login(people["directeur"])
    page = elsewhere.get(URL)
    assert language(page) == "en"
    assert "Severity, then age" in text_of(page)
    assert language(as_("pca").get(URL)) == "fr"


def test_before_signing_in_the_browser_remembers(client):
    client.post(SET, {"language": "en", "next": "/accounts/login/"})
    page = client.get("/accounts/login/")
    assert language(page) == "en"
    assert "Sign in" in text_of(page)
    assert client.cookies["django_language"]["httponly"]


def test_the_choice_of_the_person_wins_over_that_of_the_browser(client, people):
    client.cookies["django_language"] = "en"
    with acting_as_user(people["pca"].pk):
        User.objects.update(language="fr")
    client.force_login(people["pca"])
    assert language(client.get(URL)) == "fr"


@pytest.mark.parametrize("chosen", ["", "de", "fr\x00", "../en"])
def test_a_language_that_nobody_speaks_changes_nothing(as_, people, chosen):
    answer = as_("directeur").post(SET, {"language": chosen, "next": URL})
    assert answer.status_code == 303
    assert account("directeur").language == ""


@pytest.mark.parametrize(
    "target", ["https://elsewhere.invalid/", "//elsewhere.invalid", "javascript:0", ""]
)
def test_the_way_back_stays_in_the_console(as_, target):
    assert (
        as_("directeur").post(SET, {"language": "en", "next": target})["Location"] == "/governance"
    )


def test_a_message_comes_from_its_source_as_it_is_and_everything_around_it_is_english(as_):
    ours_scanned()
    take_in([finding(detected_at=alert_time())])
    client = as_("directeur")
    client.post(SET, {"language": "en"})
    page = text_of(client.get(URL))
    assert "Le bac est sous zéro." in page
    for words in (
        "Critical",
        "Open",
        "Acknowledge",
        "Resolve",
        "open for",
        "to be acknowledged",
    ):
        assert words in page
    detail = text_of(client.get(f"/governance/alerts/{alert().pk}"))
    assert "Negative stock" in detail  # the rule's title, from its manifest
    assert "−5.5" in detail


def alert_time():
    from datetime import timedelta

    from django.utils import timezone

    return timezone.now() - timedelta(hours=2)


@pytest.mark.parametrize("count", [1, 2])
def test_plurals(as_, count):
    take_in([finding(f"e{n}") for n in range(count)])
    client = as_("directeur")
    client.post(SET, {"language": "en"})
    expected = {1: "1 critical", 2: "2 critical"}[count]
    assert expected in text_of(client.get("/governance"))
