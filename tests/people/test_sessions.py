"""One's own sessions and devices; an ended session hears why, wherever it was."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from governance.access.models import PersonDevice, PersonSession
from governance.access.sign_in.agents import agent_words
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import User
from governance.core.ledger.models import LedgerEntry
from tests.alerts.make import alert, finding, take_in
from tests.conftest import account

LOGIN = "/accounts/login/"
SESSIONS = "/accounts/sessions/"


def says(client, answer):
    return client.get(answer["Location"]).content.decode()


def test_own_sessions_are_listed_and_ended(comes_in):
    here, there = comes_in("pca"), comes_in("pca")
    page = here.get(SESSIONS).content.decode()
    assert page.count("data-session") == 2
    assert "essai" in page
    [name] = re.findall(r'name="name" value="(\w+)"', page)
    assert here.post(f"{SESSIONS}end/", {"name": name}).status_code == 303
    assert here.get("/governance").status_code == 200
    assert "depuis un autre appareil" in says(there, there.get("/governance"))


def test_a_browser_is_told_in_few_words():
    windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0"
    said = {
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox · Linux",
        f"{windows} Safari/537.36": "Chrome · Windows",
        f"{windows} Safari/537.36 Edg/140.0": "Edge · Windows",
        "curl/8.5.0": "curl/8.5.0",
        "": "?",
    }
    assert {agent: agent_words(agent) for agent in said} == said


def test_nobody_ends_somebody_else_s(comes_in, people):
    theirs, mine = comes_in("directeur"), comes_in("pca")
    with acting_as_user(people["directeur"].pk):
        name = PersonSession.objects.get().name
    mine.post(f"{SESSIONS}end/", {"name": name})
    assert theirs.get("/governance").status_code == 200


def test_a_session_is_known_by_a_name_that_opens_nothing(comes_in, people):
    client = comes_in("pca")
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    with acting_as_user(people["pca"].pk):
        name = PersonSession.objects.get().name
    assert name != key
    stranger = Client()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = name
    assert stranger.get("/governance").status_code == 302


def test_signing_out_leaves_no_session_and_no_reason(comes_in, people):
    client = comes_in("pca")
    client.post("/accounts/logout/")
    with acting_as_user(people["pca"].pk):
        assert not PersonSession.objects.exists()
    assert "alert" not in client.get("/governance")["Location"]


# --- ended by an administrator ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "said"),
    [("close", "Votre compte a été fermé"), ("sessions", "Un administrateur a mis fin")],
)
def test_ended_by_an_administrator_the_next_click_says_why_everywhere(comes_in, people, act, said):
    from tests.pages.test_permissions import GUARDED, SIGNED_IN

    take_in([finding()])
    directeur = people["directeur"].pk
    key = comes_in("directeur").cookies[settings.SESSION_COOKIE_NAME].value
    comes_in("admin").post(f"/governance/people/{directeur}/{act}")

    def click(method, path, **headers):
        client = Client(headers=headers)
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        return client, getattr(client, method)(path)

    for route in [*GUARDED, *SIGNED_IN]:
        path = "/" + re.sub(r"<\w+:\w+>", str(alert().pk), route)
        client, answer = click("get", path)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, LOGIN), route
    assert said in says(client, answer)
    page = "http://testserver/governance/integrity?severity=CRITICAL"
    htmx = {"HX-Request": "true", "HX-Current-URL": page}
    client, part = click("post", f"/governance/alerts/{alert().pk}/ack", **htmx)
    back = f"{LOGIN}?next=/governance/integrity%3Fseverity%3DCRITICAL"
    assert (part.status_code, part["HX-Redirect"]) == (401, back)
    assert said in client.get(back).content.decode()
    client, export = click("post", "/governance/history/export.csv", Referer=page)
    assert (export.status_code, export["Location"]) == (303, back)
    assert said in says(client, export)
    assert alert().status == "OPEN"


def test_an_export_under_way_ends_with_its_session(comes_in, people, monkeypatch):
    monkeypatch.setattr("governance.history.export.views.LOOK_S", 0)
    stream = comes_in("directeur").post("/governance/history/export.jsonl")
    lines = iter(stream.streaming_content)
    next(lines)
    comes_in("admin").post(f"/governance/people/{people['directeur'].pk}/sessions")
    with pytest.raises(ConnectionAbortedError):
        list(lines)


def test_a_session_that_ran_out_says_so(comes_in, people):
    client = comes_in("pca")
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/accounts/logout/")
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert "Votre session a pris fin" in says(client, client.get("/governance"))


def test_another_password_ends_the_other_sessions(comes_in, people):
    here, there = comes_in("pca"), comes_in("pca")
    new = {
        "oldpassword": "pca",
        "password1": "sept camions verts",
        "password2": "sept camions verts",
    }
    assert here.post("/accounts/password/change/", new).status_code == 302
    assert here.get(SESSIONS).content.decode().count("data-session") == 1
    assert "mot de passe a changé" in says(there, there.get("/governance"))


# --- a device never seen -----------------------------------------------------------------------------


@pytest.fixture
def known(comes_in, settings):
    """Signed in twice from one browser, which is nothing new, to accounts that are somebody's own."""
    settings.DEMONSTRATION = False
    client = comes_in("pca")
    client.post("/accounts/logout/")
    client.post(LOGIN, {"login": "pca", "password": "pca"})
    assert "data-device-notice" not in client.get("/governance").content.decode()
    return client


def test_a_device_never_seen_is_told_on_the_next_page_until_it_is_answered(known, comes_in, people):
    comes_in("pca")
    assert "data-device-notice" in known.get("/governance").content.decode()
    assert known.post("/accounts/device/", {"answer": "me"}).status_code == 303
    assert "data-device-notice" not in known.get("/governance").content.decode()
    with acting_as_user(people["pca"].pk):
        assert PersonDevice.objects.count() == 2


def test_only_a_device_known_before_answers_for_the_others(known, comes_in, people):
    """Who came with a stolen password sees the notice first, and would say that it was the person."""
    thief = comes_in("pca")
    assert thief.post("/accounts/device/", {"answer": "me"}).status_code == 303
    assert "data-device-notice" not in thief.get("/governance").content.decode()
    assert "data-device-notice" in known.get("/governance").content.decode()
    again = comes_in("pca")  # from a second new device, whose word is worth no more
    thief.post("/accounts/device/", {"answer": "me"})
    again.post("/accounts/device/", {"answer": "me"})
    assert "data-device-notice" in known.get("/governance").content.decode()
    with acting_as_user(people["pca"].pk):
        digest = hashlib.sha256(known.cookies["device"].value.encode()).digest()
        PersonDevice.objects.exclude(digest=digest).delete()
    with acting_as_system("install"):
        User.objects.filter(pk=people["pca"].pk).update(
            device_notice_at=timezone.now() + timedelta(days=2)  # two days after the first device
        )
    assert known.post("/accounts/device/", {"answer": "me"}).status_code == 303
    assert account("pca").device_notice_at is None


def test_who_stole_a_password_locks_nobody_out_by_disowning(known, comes_in, inbox):
    with acting_as_system("install"):
        User.objects.filter(username="pca").update(email="pca@depot.invalid")
    for _ in range(6):  # more often than wrong passwords are taken
        assert comes_in("pca").post("/accounts/device/", {"answer": "not-me"}).status_code == 303
    assert "n’étant pas la vôtre" in says(known, known.get("/governance"))
    assert known.post(LOGIN, {"login": "pca", "password": "pca"}).status_code == 302
    assert known.get("/governance").status_code == 200
    thief = comes_in("pca")
    where = re.findall(
        r"http://testserver(/accounts/disown/\S+)", inbox.messages[0][1].get_content()
    )
    assert Client().post(where[0]).status_code == 302  # the first mail still works
    assert thief.get("/governance").status_code == 302


def test_in_the_demonstration_it_stands_on_one_page(known, comes_in, settings):
    """Everybody signs in to its accounts from everywhere."""
    settings.DEMONSTRATION = True
    comes_in("pca")
    assert "data-device-notice" not in known.get("/governance").content.decode()
    assert "data-device-notice" in known.get(SESSIONS).content.decode()


def test_a_cookie_that_no_console_gave_is_no_device_and_not_sent_back(people):
    for forged in ("x", "a" * 44, "é" * 43):
        client = Client()
        client.cookies["device"] = forged
        answer = client.post("/accounts/login/", {"login": "pca", "password": "pca"})
        assert answer.status_code == 302
        assert re.fullmatch(r"[\w-]{43}", answer.cookies["device"].value, re.ASCII)


def test_it_was_not_me_ends_all_sessions(known, comes_in, people):
    stranger = comes_in("pca")
    assert known.post("/accounts/device/", {"answer": "not-me"}).status_code == 303
    for client in (known, stranger):
        assert "n’étant pas la vôtre" in says(client, client.get("/governance"))
    with acting_as_system("test"):
        last = LedgerEntry.objects.filter(action="user.sessions").latest("seq")
    assert (last.actor, last.after["ended_for"], last.after["sessions"]) == (
        str(people["pca"].pk),
        "disowned",
        2,
    )


def test_who_was_disowned_and_comes_again_is_told_again(known, comes_in, people):
    stranger = comes_in("pca")
    assert known.post("/accounts/device/", {"answer": "not-me"}).status_code == 303
    stranger.post(LOGIN, {"login": "pca", "password": "pca"})  # the password is still the old one
    assert account("pca").device_notice_at is not None


def test_the_mail_about_it_ends_them_without_a_sign_in(inbox, comes_in, people):
    with acting_as_system("install"):
        User.objects.filter(username="pca").update(email="pca@depot.invalid")
    client = comes_in("pca")
    assert inbox.messages == []
    comes_in("pca")
    [(recipients, message)] = inbox.messages
    assert recipients == ["pca@depot.invalid"]
    [where] = re.findall(r"http://testserver(/accounts/disown/\S+)", message.get_content())
    stranger = Client()
    assert stranger.get(where).status_code == 200
    assert client.get("/governance").status_code == 200  # looking ends nothing
    assert stranger.post(where).status_code == 302
    assert client.get("/governance").status_code == 302
    assert stranger.post(where).status_code == 404
    assert account("pca").device_notice_at is None
    with acting_as_user(people["pca"].pk):
        assert not PersonDevice.objects.exists()


def test_a_mail_server_that_is_away_keeps_nobody_out(inbox, comes_in, people, settings):
    with acting_as_system("install"):
        User.objects.filter(username="pca").update(email="pca@depot.invalid")
    settings.EMAIL_PORT, settings.DEMONSTRATION = 1, False
    comes_in("pca")
    assert "data-device-notice" in comes_in("pca").get("/governance").content.decode()
