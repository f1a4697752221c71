"""Signing in by a real OpenID Connect provider on loopback: whom it means, which roles its claim gives."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.test import Client

from governance.access.people import oidc
from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import SourceRole, User
from governance.core.ledger.models import LedgerEntry
from tests.conftest import account, make_user
from tests.foundation.process import free_port
from tests.people.test_factors import AUTHENTICATE, code, set_up

LOGIN = "/accounts/oidc/oidc/login/"


# subject -> what the provider says of it
KNOWN: dict[str, Any] = {
    "s-1": {"preferred_username": "nadia", "given_name": "Nadia", "email": "nadia@depot.invalid",
            "email_verified": True, "groups": ["direction"]},
    "s-2": {"email": "pca@depot.invalid", "email_verified": True},
    "s-3": {"email": "pca@depot.invalid", "email_verified": False},
    "s-5": {"preferred_username": "PCA@depot.invalid", "groups": ["direction"]},
    "s-4": {"preferred_username": "pca", "groups": ["direction", "admins"]},
}  # fmt: skip


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider of its own process: what it warns of is not ours."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        url = f"http://localhost:{port}"
        try:
            for _ in range(300):
                try:
                    requests.get(f"{url}/.well-known/openid-configuration", timeout=5)
                    break
                except requests.ConnectionError:
                    assert process.poll() is None
                    time.sleep(0.05)
            for subject, claims in KNOWN.items():
                requests.put(f"{url}/users/{subject}", json=claims, timeout=5).raise_for_status()
            yield url
        finally:
            process.terminate()


@pytest.fixture
def provider(settings, people, issuer):
    with acting_as_system("install"):
        User.objects.filter(username="pca").update(email="pca@depot.invalid")
    settings.OIDC_ISSUER = issuer
    settings.OIDC_NAME = "Annuaire"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = "console", "a-secret-of-the-tests"
    settings.OIDC_ROLES = [
        ("admins", "admin", "depot"),
        ("direction", "directeur", "depot"),
        ("direction", "auditeur", "nord"),
    ]


def come_in(sub, client=None):
    """To the provider, its form, and back with its code; the console's last answer."""
    client = client or Client()
    away = client.get(LOGIN)
    assert away.status_code == 302
    back = requests.post(away["Location"], data={"sub": sub}, allow_redirects=False, timeout=5)
    assert back.status_code == 302, back.text
    parts = urlsplit(back.headers["Location"])
    return client, client.get(f"{parts.path}?{parts.query}")


def roles(name):
    with acting_as_system("test"):
        return set(SourceRole.objects.filter(user__username=name).values_list("source", "role"))


def test_who_is_in_a_group_of_the_table_gets_an_account_with_its_roles(provider):
    assert "Entrer avec Annuaire" in Client().get("/accounts/login/").content.decode()
    client, answer = come_in("s-1")
    assert (answer.status_code, answer["Location"]) == (302, "/governance")
    assert client.get("/governance/integrity").status_code == 200
    nadia = account("nadia")
    assert (nadia.first_name, nadia.email, nadia.has_usable_password()) == (
        "Nadia",
        "nadia@depot.invalid",
        False,
    )
    assert roles("nadia") == {("depot", "directeur"), ("nord", "auditeur")}
    with acting_as_system("test"):
        actors = set(
            LedgerEntry.objects.filter(subject_id=str(nadia.pk)).values_list("actor", flat=True)
        )
    assert actors == {"system:oidc"}


def test_the_claim_decides_at_each_sign_in_but_keeps_the_last_administrator(provider, settings):
    come_in("s-1")
    settings.OIDC_ROLES = [("autres", "pca", "depot"), ("autres", "pca", "nord")]
    come_in("s-1")
    assert roles("nadia") == set()
    settings.OIDC_ROLES = [("direction", "admin", "sud")]
    come_in("s-1")
    settings.OIDC_ROLES = [("autres", "admin", "sud")]
    _client, answer = come_in("s-1")
    assert answer.status_code == 302
    assert roles("nadia") == {("sud", "admin")}


def test_a_verified_address_is_its_account_and_an_unverified_one_is_nobody_s(provider, settings):
    settings.OIDC_ROLES = []
    client, answer = come_in("s-2")
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(account("pca").pk)
    assert roles("pca") == {("depot", "pca")}  # without a table roles are the console's own
    client, answer = come_in("s-3")
    assert (answer.status_code, "n’ouvre aucun compte" in answer.content.decode()) == (403, True)
    assert client.get("/governance").status_code == 302


def test_a_name_that_somebody_has_opens_another_account(provider):
    client, answer = come_in("s-4")
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] != str(account("pca").pk)
    assert roles("pca.s-4") == {("depot", "admin"), ("nord", "auditeur")}
    come_in("s-5")  # who calls himself by somebody else's address
    assert account("PCA@depot.invalid.s-5")


def test_the_same_subject_of_another_provider_is_somebody_else(settings, people):
    settings.OIDC_ROLES = [("direction", "directeur", "depot")]
    found = []
    for settings.OIDC_ISSUER in ("https://one.invalid", "https://two.invalid"):
        claims = {"preferred_username": "nadia", "groups": ["direction"]}
        found += [oidc._person("1", claims), oidc._person("1", claims)]
    names = [one.username for one in found if one]
    assert names == ["nadia", "nadia", "nadia.1", "nadia.1"]


def test_a_closed_account_stays_closed(provider):
    come_in("s-1")
    make_user("second", {"nord": "admin"})
    with acting_as_system("install"):
        User.objects.filter(username="nadia").update(is_active=False)
    client, answer = come_in("s-1")
    assert answer["Location"] == "/accounts/inactive/"
    assert client.get("/governance").status_code == 302


def test_a_second_factor_of_the_console_is_asked_for_all_the_same(provider, settings, comes_in):
    secret, _codes = set_up(comes_in("pca"), "pca")
    settings.OIDC_ROLES = []
    client, answer = come_in("s-2")
    assert answer["Location"] == AUTHENTICATE
    assert client.get("/governance").status_code == 302
    assert client.post(AUTHENTICATE, {"code": code(secret)}).status_code == 302
    assert client.get("/governance").status_code == 200


def test_without_a_provider_there_is_no_such_door_and_one_that_is_away_is_said(provider, settings):
    settings.OIDC_ISSUER = "http://localhost:1"
    answer = Client().get(LOGIN)
    assert (answer.status_code, "n’a pas abouti" in answer.content.decode()) == (503, True)
    settings.OIDC_ISSUER = ""
    assert Client().get(LOGIN).status_code == 404
    assert Client().get(f"{LOGIN}callback/?code=x&state=y").status_code == 404
    assert "Annuaire" not in Client().get("/accounts/login/").content.decode()


def test_an_answer_that_nobody_asked_for_opens_nothing(provider):
    client, _answer = come_in("s-1")
    stranger = Client()
    answer = stranger.get(f"{LOGIN}callback/?code=x&state=y")
    assert "n’a pas abouti" in answer.content.decode()
    assert stranger.get("/governance").status_code == 302
    assert client.get("/governance").status_code == 200
