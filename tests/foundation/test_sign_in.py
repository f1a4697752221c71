"""Signing in: what is counted, where, and what happens at the limit; one's own password; mail."""

import re
import smtplib
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import psycopg
import pytest
from aiosmtpd.controller import Controller
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse

from governance.access.sign_in import urls as account_urls
from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import User
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from governance.core.web.client import client_address
from tests.conftest import account, make_user
from tests.foundation.process import free_port

LOGIN = "/accounts/login/"
RESET = "/accounts/password/reset/"


def sign_in(name, password="wrong", *, address="10.0.0.1", **extra):
    return Client(REMOTE_ADDR=address).post(LOGIN, {"login": name, "password": password}, **extra)


@pytest.fixture
def nadia(db):
    return make_user("nadia", {"depot": Role.GERANT}, email="nadia@depot.invalid")


# --- limits -----------------------------------------------------------------------------------------


def test_wrong_passwords_stop_one_account_at_one_address_and_nobody_else(nadia):
    make_user("claire")
    answers = [sign_in("nadia").status_code for _ in range(25)]
    assert answers == [200] * 5 + [429] * 20
    assert sign_in("nadia", "nadia").status_code == 429  # a good one now would tell that it is good
    assert sign_in("claire", "claire").status_code == 302
    assert sign_in("nadia", "nadia", address="10.0.0.2").status_code == 302


def test_the_account_is_counted_whichever_of_its_names_is_typed(nadia):
    typed = ["nadia", "NADIA", "nadia@depot.invalid", "Nadia@Depot.invalid", " nadia ", "nadia"]
    assert [sign_in(name).status_code for name in typed] == [200] * 5 + [429]


def test_the_page_says_when(nadia):
    for _ in range(5):
        sign_in("nadia")
    answer = sign_in("nadia")
    assert 240 < int(answer["Retry-After"]) <= 300
    assert "Réessayez dans 5 minutes." in answer.content.decode()


def test_after_the_window_one_may_try_again(pg, fresh_console):
    person = make_user("claire")
    for _ in range(6):
        last = sign_in("claire")
    assert last.status_code == 429
    with pg.superuser(fresh_console) as superuser:
        superuser.execute("UPDATE sign_in_count SET since = since - interval '301 s'")
    assert sign_in(person.username, "claire").status_code == 302


def test_who_signed_in_here_before_is_locked_out_by_nobody_elsewhere(nadia):
    assert sign_in("nadia", "nadia", address="10.0.0.7").status_code == 302
    for host in range(11):  # five tries from each of ten addresses are the account's fifty
        for _ in range(5):
            last = sign_in("nadia", address=f"10.1.0.{host}")
    assert last.status_code == 429
    assert sign_in("nadia", "nadia", address="10.9.9.9").status_code == 429
    assert sign_in("nadia", "nadia", address="10.0.0.7").status_code == 302


def test_one_address_is_stopped_at_a_hundred_but_for_whom_it_knows(nadia):
    assert sign_in("nadia", "nadia").status_code == 302
    for number in range(100):
        assert sign_in(f"nobody-{number}").status_code == 200
    assert sign_in("nobody-100").status_code == 429
    assert sign_in("nadia", "nadia").status_code == 302


def test_tries_at_the_same_instant_do_not_slip_past(fresh_console):
    make_user("nadia")

    def one(_):
        try:
            return sign_in("nadia").status_code
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(one, range(16)))
    assert answers == [200] * 5 + [429] * 11


def test_nothing_typed_is_kept_and_nobody_reads_the_numbers(pg, fresh_console):
    sign_in("my-password-in-the-wrong-field")
    with pg.superuser(fresh_console) as superuser:
        rows = superuser.execute("SELECT key FROM sign_in_count").fetchall()
    assert {len(key) for (key,) in rows} == {32}
    with psycopg.connect(pg.dsn(fresh_console, "console_app")) as runtime:
        for system in ("", "install"):
            runtime.execute("SELECT set_config('governance.system', %s, false)", [system])
            with pytest.raises(psycopg.errors.InsufficientPrivilege), runtime.transaction():
                runtime.execute("SELECT * FROM sign_in_count")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "1.1.1.1, 198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ],
)
def test_proxies_are_counted_from_the_right(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory(REMOTE_ADDR="10.0.0.1").get("/", headers=headers)
    assert client_address(request) == expected


# --- addresses --------------------------------------------------------------------------------------


FACTORS = (
    *("index", "authenticate", "reauthenticate", "activate_totp", "deactivate_totp"),
    *("view_recovery_codes", "generate_recovery_codes", "list_webauthn", "add_webauthn"),
    *("login_webauthn", "reauthenticate_webauthn", "remove_webauthn", "edit_webauthn"),
)


def test_only_these_pages_of_the_library_are_open():
    assert {one.name for one in account_urls.urlpatterns} == {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_change_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_reauthenticate",
        *{f"mfa_{one}" for one in FACTORS},
        *{"sessions", "session_end", "device_answer", "link", "disown", "disowned"},
    }


@pytest.mark.parametrize(
    "path", ["email/", "signup/", "confirm-email/", "2fa/recovery-codes/download/"]
)
def test_the_others_do_not_exist_and_are_linked_nowhere(nadia, path):
    client = Client()
    assert "signup" not in client.get(LOGIN).content.decode()
    client.force_login(nadia)
    assert client.get(f"/accounts/{path}").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


def test_an_address_that_somebody_added_opens_nothing(pg, fresh_console):
    victim = make_user("claire")
    with pg.superuser(fresh_console) as superuser:
        superuser.execute(
            'INSERT INTO account_emailaddress (user_id, email, verified, "primary")'
            " VALUES (%s, 'me@evil.invalid', false, true)",
            [victim.pk],
        )
    assert sign_in("me@evil.invalid", "claire").status_code == 200


# --- one's own password ------------------------------------------------------------------------------


def changed(client, old, new):
    return client.post(
        "/accounts/password/change/", {"oldpassword": old, "password1": new, "password2": new}
    )


def test_a_person_changes_the_own_password_and_the_ledger_says_who(nadia):
    client = Client()
    client.force_login(nadia)
    assert client.get("/accounts/password/change/").status_code == 200
    assert changed(client, "nadia", "vingt-deux citernes bleues").status_code == 302
    assert client.get("/governance").status_code == 200  # and stays signed in
    with acting_as_system("test"):
        last = LedgerEntry.objects.latest("seq")
    assert (last.actor, last.subject_id) == (str(nadia.pk), str(nadia.pk))
    assert (last.action, last.after) == ("user.password", {"password_changed": True})
    assert account("nadia").check_password("vingt-deux citernes bleues")


def test_an_old_hash_made_anew_there_signs_nobody_out(nadia, monkeypatch):
    client = Client()
    client.force_login(nadia)
    monkeypatch.setattr(MD5PasswordHasher, "must_update", lambda *args: True)
    assert changed(client, "nadia", "short").status_code == 200
    assert account("nadia").password != nadia.password
    assert client.get("/governance").status_code == 200


def test_the_old_password_is_not_guessed_there(nadia):
    client = Client()
    client.force_login(nadia)
    answers = [changed(client, "wrong", "vingt-deux citernes").status_code for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2


@pytest.mark.parametrize(
    "password",
    [
        "nadia-nadia-nadia",
        "Mbuyi!nadia2026",
        "nadia@depot.invalid",
        "demo-governance",
        "depotnadia12",
    ],
)
def test_what_names_the_person_is_no_password(nadia, password):
    nadia.last_name = "Mbuyi"
    with acting_as_system("install"):
        nadia.save()
    with pytest.raises(ValidationError):
        validate_password(password, nadia)
    client = Client()
    client.force_login(nadia)
    assert changed(client, "nadia", password).status_code == 200
    assert account("nadia").check_password("nadia")
    validate_password("nadia: sept camions verts", nadia)


# --- a link by mail ----------------------------------------------------------------------------------


class Inbox:
    """Keeps what a real SMTP server receives."""

    def __init__(self) -> None:
        self.messages: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server, session, envelope):  # the library's name
        self.messages.append(
            (envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default))
        )
        return "250 OK"


@pytest.fixture
def inbox(settings):
    box = Inbox()
    port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.SENDS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield box
    server.stop()


def test_without_a_mail_server_no_link_and_the_pages_say_who_helps(db):
    page = Client().get(LOGIN).content.decode()
    assert RESET not in page
    assert "Un administrateur de la console vous en donne un autre." in page
    for answer in (Client().get(RESET), Client().post(RESET, {"email": "nadia@depot.invalid"})):
        assert answer.status_code == 200
        assert "Cette console n’envoie pas de courrier." in answer.content.decode()


def test_a_link_by_mail_sets_a_password_once_and_the_ledger_says_who(nadia, inbox):
    client = Client()
    assert RESET in client.get(LOGIN).content.decode()
    assert client.get(RESET).status_code == 200
    answer = client.post(RESET, {"email": "Nadia@depot.invalid"})
    assert (answer.status_code, answer["Location"]) == (302, f"{RESET}done/")
    [(recipients, message)] = inbox.messages
    assert recipients == ["nadia@depot.invalid"]
    [link] = re.findall(r"http://testserver(/accounts/\S+)", message.get_content())
    form = client.get(link, follow=True)
    where = form.redirect_chain[-1][0]
    new = {"password1": "sept camions verts", "password2": "sept camions verts"}
    assert (
        client.post(where, {"password1": "nadia-nadia-1", "password2": "nadia-nadia-1"}).status_code
        == 200
    )
    assert client.post(where, new).status_code == 302
    assert account("nadia").check_password("sept camions verts")
    with acting_as_system("test"):
        last = LedgerEntry.objects.latest("seq")
    assert (last.actor, last.action) == (str(nadia.pk), "user.password")
    assert "n’est plus valable" in Client().get(link).content.decode()


def test_strangers_and_the_closed_get_the_same_page_and_no_mail(nadia, inbox):
    with acting_as_system("install"):
        User.objects.filter(pk=nadia.pk).update(is_active=False)
    for email in ("nadia@depot.invalid", "nobody@depot.invalid"):
        assert Client().post(RESET, {"email": email})["Location"] == f"{RESET}done/"
    assert inbox.messages == []


def test_a_mail_server_that_is_away_is_said_to_everybody_alike(nadia, inbox, settings):
    settings.EMAIL_PORT = 1
    for email in ("nadia@depot.invalid", "nobody@depot.invalid"):
        answer = Client().post(RESET, {"email": email})
        assert answer.status_code == 503
        assert "Rien n’a été envoyé" in answer.content.decode()
    with pytest.raises(OSError):  # as the test means it
        smtplib.SMTP("127.0.0.1", 1)


def test_links_are_asked_for_three_times_an_hour(nadia, inbox):
    answers = [Client().post(RESET, {"email": "nadia@depot.invalid"}).status_code for _ in range(5)]
    assert answers == [302] * 3 + [429] * 2
    assert len(inbox.messages) == 3


def test_an_address_that_no_database_takes_is_an_answer(db, inbox):
    assert Client().post(RESET, {"email": "nadia\x00@depot.invalid"}).status_code == 200
    assert sign_in("na\x00dia").status_code == 200
    assert inbox.messages == []


@pytest.mark.parametrize("uid", ["anonymous", "0", "zz", "1" * 32, "9" * 200])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_names_nobody_is_void(db, uid, method):
    answer = getattr(Client(), method)(f"{RESET}key/{uid}-x/")
    assert answer.status_code == 200
    assert "n’est plus valable" in answer.content.decode()


def test_void_links_are_counted_and_stop_no_genuine_one(nadia, inbox):
    stranger = Client()
    for uid in ("anonymous", nadia.pk.hex) * 10:
        assert stranger.post(f"{RESET}key/{uid}-x/").status_code == 200
    assert stranger.post(f"{RESET}key/anonymous-x/").status_code == 429
    assert stranger.get(f"{RESET}key/{nadia.pk.hex}-x/").status_code == 429
    client = Client()
    client.post(RESET, {"email": "nadia@depot.invalid"})
    [link] = re.findall(r"http://testserver(/accounts/\S+)", inbox.messages[0][1].get_content())
    where = client.get(link, follow=True).redirect_chain[-1][0]
    new = {"password1": "sept camions verts", "password2": "sept camions verts"}
    assert client.post(where, new).status_code == 302
    assert account("nadia").check_password("sept camions verts")
