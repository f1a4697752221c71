"""Second factors: whose they are, that each code serves once, and that nobody walks past the set-up."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import ProgrammingError, connection
from django.test import Client

from governance.access.sign_in.attempts import attempt_succeeded, factor_limits
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import Account, SourceRole
from governance.core.ledger.models import LedgerEntry
from tests.conftest import account, signed_in

TOTP = "/accounts/2fa/totp/activate/"
LOGIN = "/accounts/login/"
AUTHENTICATE = "/accounts/2fa/authenticate/"
CODES = "/accounts/2fa/recovery-codes/"


def code(secret, *, step=0):
    now = list(yield_hotp_counters_from_time())[1]
    return format_hotp_value(hotp_value(secret, now + step))


def set_up(client, name):
    """The first code of a new application; gives its secret and the recovery codes."""
    ask = client.get(TOTP)
    assert ask["Location"].startswith("/accounts/reauthenticate/")
    proved = client.post(ask["Location"], {"password": name})
    assert proved["Location"] == TOTP
    page = client.get(TOTP).content.decode()
    assert "<svg" in page
    secret = re.findall(r"data-secret>(\w+)<", page)[0]
    done = client.post(TOTP, {"code": code(secret, step=-1)})
    assert (done.status_code, done["Location"]) == (302, CODES)
    once = client.get(CODES).content.decode()
    codes = re.findall(r"data-recovery-codes>([\d\s]+)<", once)[0].split()
    assert "data-recovery-codes" not in client.get(CODES).content.decode()
    return secret, codes


def half_in(name):
    client = Client()
    answer = client.post(LOGIN, {"login": name, "password": name})
    assert (answer.status_code, answer["Location"]) == (302, AUTHENTICATE)
    assert client.get("/governance").status_code == 302
    return client


@pytest.fixture
def factor(comes_in):
    return set_up(comes_in("directeur"), "directeur")


def test_the_second_factor_is_asked_for_and_each_code_serves_once(factor):
    once = code(factor[0])  # the application's next period may begin meanwhile
    client = half_in("directeur")
    assert "Double authentification" in client.get(AUTHENTICATE).content.decode()
    assert client.post(AUTHENTICATE, {"code": "000000"}).status_code == 200
    assert client.post(AUTHENTICATE, {"code": once}).status_code == 302
    assert client.get("/governance").status_code == 200
    again = half_in("directeur")
    answer = again.post(AUTHENTICATE, {"code": once})
    assert (answer.status_code, "a déjà servi" in answer.content.decode()) == (200, True)
    assert again.get("/governance").status_code == 302


def test_an_old_hash_made_anew_while_confirming_signs_nobody_out(comes_in, people, monkeypatch):
    client = comes_in("pca")
    monkeypatch.setattr(MD5PasswordHasher, "must_update", lambda *args: True)
    set_up(client, "pca")
    assert account("pca").password != people["pca"].password
    assert client.get("/governance").status_code == 200


def test_a_recovery_code_lets_in_once(factor):
    _secret, codes = factor
    assert len(codes) == 10
    assert half_in("directeur").post(AUTHENTICATE, {"code": codes[3]}).status_code == 302
    assert half_in("directeur").post(AUTHENTICATE, {"code": codes[3]}).status_code == 200


def test_codes_are_counted_also_over_several_sign_ins(factor):
    answers = [
        half_in("directeur").post(AUTHENTICATE, {"code": f"00000{n}"}).status_code for n in range(7)
    ]
    assert answers == [200] * 5 + [429] * 2


def test_who_is_sent_elsewhere_has_no_new_tries(factor, people):
    """A page that only leads on has checked no code, and the five a minute stay used up."""
    late, inside = half_in("directeur"), signed_in(people["directeur"])
    kept = late.session
    kept["account_login"] |= {"initiated_at": 1}  # the quarter of an hour for a code is over
    kept.save()
    pages = (
        AUTHENTICATE,
        TOTP,
        "/accounts/2fa/webauthn/add/",
        "/accounts/2fa/webauthn/reauthenticate/",
    )
    ways = [(late, AUTHENTICATE), *((inside, page) for page in pages)]
    for client, page in ways:
        guessing = half_in("directeur")
        for n in range(4):
            assert guessing.post(AUTHENTICATE, {"code": f"00000{n}"}).status_code == 200
        assert client.post(page, {"code": "000009"}).status_code == 302
        last = [guessing.post(AUTHENTICATE, {"code": f"00001{n}"}).status_code for n in range(2)]
        assert last[1] == 429, page
        attempt_succeeded(factor_limits(account=str(people["directeur"].pk)))


def test_what_is_kept_is_ciphered_and_nobody_else_s_to_read(factor, people):
    secret, codes = factor
    owner = people["directeur"].pk
    with acting_as_user(owner):
        kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert codes[0] not in kept
    for person in ("admin", "pca"):
        with acting_as_user(people[person].pk):
            assert not Authenticator.objects.exists()
            assert Authenticator.objects.filter(user_id=owner).delete()[0] == 0
        with pytest.raises(ProgrammingError), acting_as_user(people[person].pk):
            Authenticator.objects.create(user_id=owner, type="totp", data={})
    for machine in ("accounts", "install"):
        with acting_as_system(machine):
            assert not Authenticator.objects.exists()
    with acting_as_user(people["admin"].pk):
        assert Account.objects.get(username="directeur").has_factor  # and no more than that


def test_the_first_factor_ends_the_sessions_that_began_without(comes_in, people):
    elsewhere, here = comes_in("pca"), comes_in("pca")
    set_up(here, "pca")
    assert here.get("/governance").status_code == 200
    out = elsewhere.get("/governance")
    assert "double authentification a changé" in elsewhere.get(out["Location"]).content.decode()


def test_an_administrator_removes_the_factor_of_a_lost_telephone(factor, comes_in, people):
    directeur = people["directeur"]
    answer = comes_in("admin").post(f"/governance/people/{directeur.pk}/factors")
    assert answer.status_code == 303
    client = Client()
    assert (
        client.post(LOGIN, {"login": "directeur", "password": "directeur"})["Location"]
        == "/governance"
    )
    with acting_as_system("test"):
        recorded = LedgerEntry.objects.filter(
            subject_id=str(directeur.pk), action__startswith="user.factor"
        )
        found = list(recorded.order_by("seq").values_list("action", "actor", "after__factor"))
    admin, own = str(people["admin"].pk), str(directeur.pk)
    assert found == [
        ("user.factor.on", own, "totp"),
        ("user.factor.on", own, "recovery_codes"),
        ("user.factor.off", admin, "totp"),
        ("user.factor.off", admin, "recovery_codes"),
    ]


# --- where a role asks for one ------------------------------------------------------------------------


@pytest.fixture
def required(settings):
    settings.FACTOR_REQUIRED = True


PLACES = (
    "/governance",
    "/governance/integrity",
    "/governance/live",
    "/governance/aide",
    "/governance/people",
)


def test_everything_but_the_set_up_is_refused_from_the_next_request_on(required, comes_in, people):
    client = comes_in("directeur")
    for place in PLACES:
        answer = client.get(place)
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/"), place
    part = client.get("/governance/integrity/pulse", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (403, "/accounts/2fa/")
    export = client.post("/governance/history/export.csv")
    assert (export.status_code, export["Location"]) == (303, "/accounts/2fa/")
    page = client.get("/accounts/2fa/").content.decode()
    assert "Votre rôle demande une double authentification" in page
    set_up(client, "directeur")
    assert client.get("/governance/integrity").status_code == 200


def test_a_probe_tells_them_no_more_than_a_stranger(required, comes_in, people):
    answers = [
        one.get("/health").json() for one in (comes_in("directeur"), Client(), comes_in("pca"))
    ]
    sources = [json.dumps(one.get("sources")) for one in answers]
    assert sources[0] == sources[1] != sources[2]


def test_others_may_and_who_becomes_a_director_must_at_the_next_click(required, comes_in, people):
    client = comes_in("gerant")
    assert client.get("/governance").status_code == 200
    with acting_as_system("install"):
        SourceRole.objects.filter(user=people["gerant"]).update(role="directeur")
    assert client.get("/governance")["Location"] == "/accounts/2fa/"


def test_every_address_is_behind_that_door_but_the_way_to_a_factor_and_out(
    required, comes_in, people
):
    from governance.access.sign_in.doors import WAY_TO_FACTOR
    from tests.pages.test_permissions import GUARDED, SIGNED_IN

    client = comes_in("admin")
    for route in [*GUARDED, *SIGNED_IN]:
        path = "/" + re.sub(r"<\w+:\w+>", "00000000-0000-4000-8000-000000000000", route)
        for method in ("get", "post"):
            answer = getattr(client, method)(path)
            assert answer.headers.get("Location") == "/accounts/2fa/", (route, method)
    assert "mfa_index" in WAY_TO_FACTOR
    assert account("admin").is_active


def test_the_answer_about_the_factor_is_given_to_its_person_alone(people):
    with acting_as_user(people["pca"].pk), connection.cursor() as cursor:
        cursor.execute("SELECT factor_due(%s, '{directeur}')", [people["directeur"].pk])
        assert cursor.fetchone() == (False,)
    with acting_as_user(people["directeur"].pk), connection.cursor() as cursor:
        cursor.execute("SELECT factor_due(%s, '{directeur}')", [people["directeur"].pk])
        assert cursor.fetchone() == (True,)
