"""A browser that has the page is told so, and never when anything on the page would read otherwise."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from alerts import services
from governance.core.identity.acting import acting_as_user
from governance.core.identity.roles import Role
from tests.alerts.make import alert, finding, take_in
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
URL = "/governance/integrity"


@pytest.fixture(autouse=True)
def one_alert(monkeypatch):
    at = timezone.now().replace(second=1)
    monkeypatch.setattr(timezone, "now", lambda: at)  # a minute that does not end in the middle
    take_in([finding()], taken_at=at)


@pytest.fixture
def director(as_):
    client = as_("directeur")
    client.get(URL)  # the first answer brings the CSRF cookie
    return client


def tag_of(client, url=URL, **extra):
    page = client.get(url, **extra)
    assert page.status_code == 200
    return page["ETag"]


def again(client, tag, url=URL, **extra):
    return client.get(url, headers={"if-none-match": tag}, **extra)


@pytest.mark.parametrize(
    "url", [URL, "/governance", "/governance/alerts/{id}", "/governance/history"]
)
def test_the_same_page_is_not_sent_twice(director, url):
    url = url.format(id=alert().pk)
    answer = again(director, tag_of(director, url), url)
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["Cache-Control"] == "private, no-store"
    assert "Cookie" in director.get(url)["Vary"]


def test_what_somebody_else_did_is_sent(director, people):
    tag = tag_of(director)
    with acting_as_user(people["directeur"].pk):
        services.alert_acknowledge(alert_id=alert().pk, version=1)
    assert again(director, tag).status_code == 200


def test_a_scan_that_changed_nothing_moves_the_page_as_it_moves_its_evidence(director):
    tag = tag_of(director)
    take_in([finding()], taken_at=timezone.now() + timedelta(seconds=30))
    assert again(director, tag).status_code == 200


def test_every_reader_has_tags_of_their_own(director, as_):
    assert again(as_("pca"), tag_of(director)).status_code == 200


def test_another_address_theme_release_or_minute_is_another_page(director, settings, monkeypatch):
    tag = tag_of(director)
    assert again(director, tag, f"{URL}?severity=WARN").status_code == 200
    director.cookies["theme"] = "dark"
    assert again(director, tag).status_code == 200
    del director.cookies["theme"]
    assert again(director, tag).status_code == 304
    settings.APP_RELEASE = "v9"
    assert again(director, tag).status_code == 200
    settings.APP_RELEASE = "test"
    later = timezone.now() + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert again(director, tag).status_code == 200


def test_a_role_that_was_given_or_taken_is_seen_at_once(director, people):
    tag = tag_of(director)
    with acting_as_user(people["admin"].pk):
        people["directeur"].source_roles.all().delete()
    assert again(director, tag).status_code == 403


def test_a_message_is_never_swallowed_by_a_304(director):
    tag = tag_of(director)
    posted = director.post(f"/governance/alerts/{alert().pk}/comment", {"body": "vu sur place"})
    assert posted.status_code == 303
    page = director.get(URL, headers={"if-none-match": tag})
    assert "Commentaire enregistré." in page.content.decode()
    assert "ETag" not in page


def test_a_form_never_keeps_the_token_of_another_sign_in():
    """The browser's CSRF secret changes with each sign-in, and the forms of a kept page carry the old one."""
    user = make_user("admin", {"depot": Role.ADMIN})
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    client.get(URL)
    tag = tag_of(client)
    client.cookies["csrftoken"] = "b" * 32
    assert again(client, tag).status_code == 200


def test_signing_out_makes_the_browser_forget_its_pages(director):
    assert "Clear-Site-Data" not in director.get("/accounts/logout/")
    assert director.post("/accounts/logout/")["Clear-Site-Data"] == '"cache"'
    assert director.get(URL).status_code == 302


def test_nothing_is_said_to_be_unchanged_to_who_signed_out(director):
    tag = tag_of(director)
    director.logout()
    assert again(director, tag).status_code == 302
