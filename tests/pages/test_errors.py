"""Error pages: what happened, a way on, and the name under which the log knows it."""

import logging
import re

import pytest
from django.db import OperationalError
from django.test import Client

from tests.alerts.make import alert, finding, take_in
from tests.pages.dom import elements, text_of

pytestmark = pytest.mark.django_db


def ways_on(response):
    """Addresses of the buttons of the page's body."""
    return [one["href"] for one in elements(response, "href") if "btn" in one.get("class", "")]


def break_home(monkeypatch, error):
    def broken(*_args):
        raise error

    monkeypatch.setattr("governance.desk.home.views.source_freshness", broken)


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (RuntimeError("hidden-detail"), 500, "Le serveur a rencontré une erreur"),
        (OperationalError("hidden-detail"), 503, "La console n’est pas disponible"),
    ],
)
def test_a_failure_has_a_reference_that_the_log_knows_and_no_detail(
    as_, monkeypatch, caplog, error, status, sentence
):
    break_home(monkeypatch, error)
    client = as_("directeur")
    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR):
        answer = client.get("/governance?x=1")
    assert answer.status_code == status
    page = text_of(answer)
    assert sentence in page
    assert "hidden-detail" not in page
    found = re.search(r"À dire à l’administrateur : ([0-9A-F]{8})\b", page.replace("\u00a0", " "))
    assert found
    assert found[1] in [getattr(record, "reference", "") for record in caplog.records]
    assert ways_on(answer)[0] == "/governance?x=1"  # again
    assert answer.get("Retry-After") == ("60" if status == 503 else None)


def test_what_was_sent_is_not_sent_again_by_a_link(as_, monkeypatch):
    def broken(**_more):
        raise RuntimeError

    take_in([finding()])
    monkeypatch.setattr("alerts.services.alert_acknowledge", broken)
    client = as_("directeur")
    client.raise_request_exception = False
    answer = client.post(f"/governance/alerts/{alert().pk}/ack", {"version": 1})
    assert answer.status_code == 500
    assert ways_on(answer)[0] == "/governance/integrity"
    assert "vérifiez l’état de l’alerte" in text_of(answer)


def test_a_request_that_no_browser_sends(as_):
    answer = as_("directeur").get("/governance", headers={"host": "elsewhere.invalid"})
    assert answer.status_code == 400
    assert "Cette demande n’a pas été comprise" in text_of(answer)
    assert ways_on(answer)


@pytest.mark.parametrize(
    ("who", "address", "status", "sentence"),
    [
        ("gerant", "/governance/history", 403, "Cette page est réservée à : Administrateur"),
        ("sans-role", "/governance", 403, "Demandez à un administrateur un rôle"),
        ("directeur", "/governance/rien", 404, "Cette page n’existe pas"),
        (
            "directeur",
            "/governance/alerts/00000000-0000-4000-8000-000000000000/ack",
            405,
            "Passez par le bouton",
        ),
    ],
)
def test_a_refusal_says_why_who_may_and_the_way_on(as_, who, address, status, sentence):
    answer = as_(who).get(address)
    assert answer.status_code == status
    assert sentence in text_of(answer).replace("\u00a0", " ")
    assert "/governance/aide" in ways_on(answer)
    first = as_(who).get(ways_on(answer)[0])
    assert first.status_code == 200


@pytest.mark.parametrize("address", ["password/reset", "inactive"])
def test_no_page_of_the_library_is_a_dead_end(address):
    answer = Client().get(f"/accounts/{address}/")
    assert answer.status_code == 200
    assert "/accounts/login/" in ways_on(answer)
