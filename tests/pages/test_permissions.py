"""Role × address × method: every address of the console stands here, or this file fails."""

import uuid

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from governance.roles import ALLOWED, Permission, Role
from tests.alerts.make import alert, finding, take_in

pytestmark = pytest.mark.django_db

GONE = uuid.UUID(int=0)
RESOLVE = {"version": 1, "note": "n", "cause": "AUTRE", "decision": "CORRIGE"}

# address -> (permission, methods that it answers, body of a good POST)
GUARDED = {
    "governance": (Permission.VIEW, ("GET", "HEAD"), {}),
    "governance/integrity": (Permission.VIEW, ("GET", "HEAD"), {}),
    "governance/alerts/<uuid:alert_id>": (Permission.VIEW, ("GET", "HEAD"), {}),
    "governance/alerts/<uuid:alert_id>/ack": (Permission.ACT, ("POST",), {"version": 1}),
    "governance/alerts/<uuid:alert_id>/resolve": (Permission.ACT, ("POST",), RESOLVE),
}
# Open to a stranger: they say nothing of the business.
OPEN = {"", "health", "health/live", "health/ready"}
# allauth's own, behind its own rules.
LIBRARY = "accounts/"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def addresses(patterns=None, prefix=""):
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield route


def test_every_address_stands_in_the_matrix():
    ours = {route for route in addresses() if not route.startswith(LIBRARY)}
    assert ours == {*GUARDED, *OPEN}


def ask(client, route, method, body):
    address = "/" + route.replace("<uuid:alert_id>", str(alert().pk))
    return client.generic(
        method,
        address,
        "&".join(f"{name}={value}" for name, value in body.items()),
        content_type="application/x-www-form-urlencoded",
    )


@pytest.mark.parametrize("route", GUARDED)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("who", [*Role.values, "sans-role", "stranger"])
def test_the_matrix(as_, route, method, who):
    take_in([finding(severity="WARN")])
    permission, answered, body = GUARDED[route]
    client = Client() if who == "stranger" else as_(who)
    status = ask(client, route, method, body if method == "POST" else {}).status_code
    if who == "stranger":
        assert status == 302
    elif method not in answered:
        assert status == 405
    elif who == "sans-role" or permission not in ALLOWED[Role(who)]:
        assert status == 403
    else:
        assert status == (303 if method == "POST" else 200)
    if who == "stranger" or method not in answered or status != 303:
        assert alert().status == "OPEN"


@pytest.mark.parametrize("route", [route for route in GUARDED if "<uuid" in route])
def test_somebody_elses_source_is_404_on_every_address(as_, route):
    take_in([finding()])
    _, answered, body = GUARDED[route]
    assert ask(as_("ailleurs"), route, answered[0], body).status_code == 404


@pytest.mark.parametrize("route", sorted(OPEN - {""}))
def test_what_is_open_answers_a_stranger(route):
    assert Client().get(f"/{route}").status_code in (200, 503)
    assert Client().post(f"/{route}").status_code == 405
